using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>Method <c>dense</c>: the id of every weight, zeros included (the paper's "simplified weights").</summary>
internal static unsafe class Dense
{
    public static Alphabets Alphabets(in Palette palette) => new(1, palette.Clusters + 1);

    public static nuint StateBytes(in Palette palette, Coder coder) => coder switch
    {
        Coder.None => 0,
        Coder.Huffman => (nuint)(sizeof(Huffman) + Huffman.TableBytes(Alphabets(palette))),
        _ => (nuint)(sizeof(Arithmetic) + Arithmetic.TableBytes(Alphabets(palette))),
    };

    public static Status Decode<T>(in TensorEntry entry, in Palette palette, ByteReader section, in Band band, T* table, T* dst,
        in Workspace workspace) where T : unmanaged
    {
        if (palette.Clusters == 0)
        {
            new Output<T>(dst, band.Weights).Clear();
            return Status.Ok;
        }
        return entry.Coder switch
        {
            Coder.None => Seek(palette, section, band, table, dst),
            Coder.Huffman => Stream<Huffman, T>(entry, palette, section, band, table, dst, workspace),
            _ => Stream<Arithmetic, T>(entry, palette, section, band, table, dst, workspace),
        };
    }

    private static Status Seek<T>(in Palette palette, ByteReader section, in Band band, T* table, T* dst) where T : unmanaged
    {
        FixedWidth ids = default;
        ids.TryOpen(ref section, Alphabets(palette), null);
        return ids.TrySeek(band.First) ? Read(ref ids, palette, band.Weights, table, dst) : Status.Corrupt;
    }

    private static Status Stream<TIds, T>(in TensorEntry entry, in Palette palette, ByteReader section, in Band band, T* table,
        T* dst, in Workspace workspace) where TIds : unmanaged, ISymbolDecoder where T : unmanaged
    {
        TIds* ids = (TIds*)workspace.State;
        if (!workspace.Resumes(entry, band.FirstRow))
        {
            *ids = default;
            if (!ids->TryOpen(ref section, Alphabets(palette), (byte*)(ids + 1)))
                return Status.Corrupt;
            for (ulong i = 0; i < band.First && !ids->RanOver; i++)
                ids->Read(0);
        }
        Status status = Read(ref *ids, palette, band.Weights, table, dst);
        if (status == Status.Ok && !band.ReachesLastRow)
            workspace.Keep(entry, band.EndRow);
        return status;
    }

    private static Status Read<TIds, T>(ref TIds ids, in Palette palette, ulong count, T* table, T* dst)
        where TIds : unmanaged, ISymbolDecoder where T : unmanaged
    {
        TIds local = ids;
        uint largest = 0;
        for (ulong i = 0; i < count && !local.RanOver; i++)
        {
            uint id = local.Read(0);
            largest = Math.Max(largest, id);
            dst[i] = table[id];
        }
        ids = local;
        return largest <= (uint)palette.Clusters && !local.RanOver ? Status.Ok : Status.Corrupt;
    }
}
