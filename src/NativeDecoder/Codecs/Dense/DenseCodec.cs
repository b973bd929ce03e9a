using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Dense;

/// <summary>Method <c>dense</c>: the id of every weight, zeros included (the paper's "simplified weights").</summary>
internal unsafe struct DenseCodec : ICodec<DenseCodec>
{
    private TensorEntry _entry;
    private Palette _palette;

    // Behind the palette: the coded ids.
    private ByteReader _section;

    public static Alphabets Alphabets(int clusters) => new(1, clusters + 1);

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out DenseCodec codec)
    {
        codec = new DenseCodec { _entry = entry, _section = entry.SectionReader };
        return Palette.TryRead(entry, ref codec._section, out codec._palette) ? Status.Ok : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_palette.Nonzeros, _palette.Clusters);

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output);

    public readonly ulong UnitWeights => 1;

    public readonly nuint StateBytes => _entry.Coder switch
    {
        Coder.None => 0,
        Coder.Huffman => (nuint)(sizeof(Huffman) + Huffman.TableBytes(Symbols)),
        _ => (nuint)(sizeof(Arithmetic) + Arithmetic.TableBytes(Symbols)),
    };

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged => _palette.Fill(output, table);

    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        if (_palette.Clusters == 0)
        {
            new Output<T>(dst, range.Count).Clear();
            return Status.Ok;
        }
        return _entry.Coder switch
        {
            Coder.None => Seek(range, table, dst),
            Coder.Huffman => Stream<Huffman, T>(range, table, dst, new Workspace(memory, StateBytes, (uint)_palette.Clusters, part)),
            _ => Stream<Arithmetic, T>(range, table, dst, new Workspace(memory, StateBytes, (uint)_palette.Clusters, part)),
        };
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<DenseCodec, T, TVisitor>(this, output, memory, visitor);

    public readonly bool SkipsZeros => false;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;

    private readonly Alphabets Symbols => Alphabets(_palette.Clusters);

    /// <summary>Ids of one width are found anywhere, by eight.</summary>
    private readonly Status Seek<T>(in WeightRange range, T* table, T* dst) where T : unmanaged
    {
        const uint chunk = 1024;
        int bits = Symbols.Bits(0);
        if (range.End > 8 * (ulong)_section.Left / (uint)bits)
            return Status.Corrupt;
        InstructionSet set = InstructionSets.Current;
        delegate*<byte*, int, ulong, byte*, void> unpack = PackedIds.Unpacking(set, bits);
        delegate*<byte*, ulong, void*, void*, void> lookUp = IdLookUp.Choose(set, 1 << bits, sizeof(T));
        byte* unpacked = stackalloc byte[(int)chunk];
        uint before = (uint)(range.First % 8);
        byte* packed = _section.Position + range.First / 8 * (uint)bits;
        uint largest = 0;
        for (ulong left = range.Count; left > 0;)
        {
            uint count = (uint)Math.Min(left + before, chunk);
            byte* ids = packed;
            if (bits < 8)
            {
                unpack(packed, bits, count, unpacked);
                ids = unpacked;
            }
            packed += chunk / 8 * (uint)bits;
            ids += before;
            count -= before;
            before = 0;
            largest = Math.Max(largest, PackedIds.Largest(ids, count));
            lookUp(ids, count, table, dst);
            dst += count;
            left -= count;
        }
        return largest <= (uint)_palette.Clusters ? Status.Ok : Status.Corrupt;
    }

    private readonly Status Stream<TIds, T>(in WeightRange range, T* table, T* dst, in Workspace workspace)
        where TIds : unmanaged, ISymbolDecoder where T : unmanaged
    {
        TIds* ids = (TIds*)workspace.State;
        if (!workspace.Resumes(_entry, range.First))
        {
            *ids = default;
            ByteReader section = _section;
            if (!ids->TryOpen(ref section, Symbols, (byte*)(ids + 1)))
                return Status.Corrupt;
            for (ulong i = 0; i < range.First && !ids->RanOver; i++)
                ids->Read(0);
        }
        Status status = Read(ref *ids, range.Count, table, dst);
        if (status == Status.Ok && !range.ReachesLast)
            workspace.Keep(_entry, range.End);
        return status;
    }

    private readonly Status Read<TIds, T>(ref TIds ids, ulong count, T* table, T* dst)
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
        return largest <= (uint)_palette.Clusters && !local.RanOver ? Status.Ok : Status.Corrupt;
    }
}
