using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// Method <c>bloomier</c>: the paper's filter (Reagen et al. 2018, section 3; Chazelle et al. 2004). Three hashes of a weight's index
/// choose three cells of t bits; their XOR and a mask, a hash too, is the weight's centroid, or zero if it is no centroid's
/// number. A zero weight comes out as a false positive with probability K / 2^t.
/// </summary>
internal static unsafe class Bloomier
{
    /// <summary>The section's own parameters, behind the palette.</summary>
    public struct Header
    {
        public int CellBits;

        /// <summary>Cells each hash chooses from: a third of all of them.</summary>
        public ulong Segment;

        public ulong Seed;

        public readonly ulong Cells => 3 * Segment;

        public static bool TryRead(in Palette palette, ref ByteReader section, out Header header)
        {
            header = default;
            if (!section.TryByte(out byte cellBits) || cellBits is 0 or > Limits.MaxCellBits
                || !section.TryVarint(out header.Segment) || header.Segment > uint.MaxValue
                || !section.TryVarint(out header.Seed))
                return false;
            header.CellBits = cellBits;
            return palette.Clusters <= 1 << cellBits && (header.Segment > 0 || palette.Nonzeros == 0);
        }
    }

    /// <summary>Coded cells of over 8 bits are two symbols, so that no alphabet of a coder has more than 256.</summary>
    public static Alphabets Alphabets(int cellBits, Coder coder) =>
        cellBits <= 8 || coder == Coder.None ? new(1, 1 << cellBits) : new(3, 1 << (cellBits - 8), 256, 256);

    public static nuint StateBytes(in Header header, Coder coder)
    {
        if (coder == Coder.None)
            return 0;
        Alphabets alphabets = Alphabets(header.CellBits, coder);
        int tableBytes = coder == Coder.Huffman
            ? Huffman.TableBytes(alphabets)
            : Arithmetic.TableBytes(alphabets);
        return (nuint)(CellBytes(header) + (ulong)tableBytes);
    }

    public static Status Decode<T>(in TensorEntry entry, in Palette palette, in Header header, ByteReader section, in Band band,
        T* table, T* dst, in Workspace workspace) where T : unmanaged
    {
        if (header.Segment == 0)
        {
            new Output<T>(dst, band.Weights).Clear();
            return Status.Ok;
        }
        if (entry.Coder == Coder.None)
        {
            PackedCells packed = new(section.Position, section.Left, header.CellBits);
            return packed.Hold(header.Cells) ? Filter(header, packed, palette, band, table, dst) : Status.Corrupt;
        }
        if (!workspace.Resumes(entry, Workspace.AnyRow))
        {
            bool unpacked = entry.Coder == Coder.Huffman
                ? TryUnpack<Huffman>(header, entry.Coder, section, workspace.State)
                : TryUnpack<Arithmetic>(header, entry.Coder, section, workspace.State);
            if (!unpacked)
                return Status.Corrupt;
            if (!band.IsWhole)
                workspace.Keep(entry, Workspace.AnyRow);
        }
        return header.CellBits <= 8
            ? Filter(header, new UnpackedCells<byte>(workspace.State), palette, band, table, dst)
            : Filter(header, new UnpackedCells<ushort>((ushort*)workspace.State), palette, band, table, dst);
    }

    /// <summary>The hash of a weight's index that all others are made of (a multiplicative mixer on 64 bits).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ulong index, ulong seed)
    {
        ulong x = index * 0x9e3779b97f4a7c15 + seed;
        x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
        x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
        return x ^ x >> 32;
    }

    /// <summary>The cell that hash number <paramref name="which"/> (0..2) chooses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Cell(ulong hash, int which, ulong segment)
    {
        ulong multiplier = which switch { 0 => 0x8ebc6af09c88c6e3, 1 => 0x589965cc75374cc3, _ => 0x1d8e4e27c47d124f };
        return (ulong)which * segment + ((hash * multiplier >> 32) * segment >> 32);
    }

    /// <summary>The mask of a weight, t bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Mask(ulong hash, int cellBits) => (uint)(hash * 0xeb44accab455d165 >> (64 - cellBits));

    /// <summary>What the unpacked cells take, to the next multiple of 8: the coder's tables lie behind them.</summary>
    private static ulong CellBytes(in Header header) => (header.Cells * (header.CellBits <= 8 ? 1u : 2u) + 7) & ~7ul;

    private interface ICells
    {
        uint this[ulong index] { get; }
    }

    private readonly struct PackedCells(byte* start, nuint bytes, int cellBits) : ICells
    {
        private readonly uint _mask = (1u << cellBits) - 1;

        public bool Hold(ulong cells) => (cells * (ulong)cellBits + 7) / 8 == bytes;

        public uint this[ulong index]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                ulong bit = index * (ulong)cellBits;
                ulong first = bit >> 3;
                // Up to three bytes hold a cell; those behind the last one are not ours to read.
                uint word = first + 4 <= bytes ? *(uint*)(start + first) : LastBytes(first);
                return word >> (int)(bit & 7) & _mask;
            }
        }

        private uint LastBytes(ulong first)
        {
            uint word = 0;
            for (ulong i = first; i < bytes; i++)
                word |= (uint)start[i] << (int)(8 * (i - first));
            return word;
        }
    }

    private readonly struct UnpackedCells<TCell>(TCell* cells) : ICells where TCell : unmanaged
    {
        public uint this[ulong index]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => sizeof(TCell) == 1 ? ((byte*)cells)[index] : ((ushort*)cells)[index];
        }
    }

    private static bool TryUnpack<TSymbols>(in Header header, Coder coder, ByteReader section, byte* state)
        where TSymbols : unmanaged, ISymbolDecoder
    {
        Alphabets alphabets = Alphabets(header.CellBits, coder);
        TSymbols symbols = default;
        if (!symbols.TryOpen(ref section, alphabets, state + CellBytes(header)))
            return false;
        if (header.CellBits <= 8)
        {
            for (ulong i = 0; i < header.Cells && !symbols.RanOver; i++)
                state[i] = (byte)symbols.Read(0);
            return !symbols.RanOver;
        }
        uint mask = (1u << header.CellBits) - 1;
        for (ulong i = 0; i < header.Cells && !symbols.RanOver; i++)
        {
            uint high = symbols.Read(0);
            ((ushort*)state)[i] = (ushort)((high << 8 | symbols.Read(high == 0 ? 1 : 2)) & mask);
        }
        return !symbols.RanOver;
    }

    private static Status Filter<TCells, T>(in Header header, TCells cells, in Palette palette, in Band band, T* table, T* dst)
        where TCells : struct, ICells where T : unmanaged
    {
        uint clusters = (uint)palette.Clusters;
        ulong segment = header.Segment;
        ulong seed = header.Seed;
        int cellBits = header.CellBits;
        ulong count = band.Weights;
        for (ulong i = 0; i < count; i++)
        {
            ulong hash = Hash(band.First + i, seed);
            uint x = cells[Cell(hash, 0, segment)] ^ cells[Cell(hash, 1, segment)] ^ cells[Cell(hash, 2, segment)]
                ^ Mask(hash, cellBits);
            dst[i] = x < clusters ? table[x + 1] : default;
        }
        return Status.Ok;
    }
}
