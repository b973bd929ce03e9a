using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Bloomier;

/// <summary>
/// Method <c>bloomier</c>: the paper's filter (Reagen et al. 2018, section 3; Chazelle et al. 2004). Three hashes of a weight's index
/// choose three cells of t bits; their XOR and a mask, a hash too, is the weight's centroid, or zero if it is no centroid's
/// number. A zero weight comes out as a false positive with probability K / 2^t.
/// </summary>
internal unsafe struct BloomierCodec : ICodec<BloomierCodec>
{
    private TensorEntry _entry;
    private Palette _palette;
    private int _cellBits;

    // Cells each hash chooses from: a third of all of them.
    private ulong _segment;

    private ulong _seed;

    // Behind the parameters: the cells.
    private ByteReader _section;

    /// <summary>Coded cells of over 8 bits are two symbols, so that no alphabet of a coder has more than 256.</summary>
    public static Alphabets Alphabets(int cellBits, Coder coder) =>
        cellBits <= 8 || coder == Coder.None ? new(1, 1 << cellBits) : new(3, 1 << (cellBits - 8), 256, 256);

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out BloomierCodec codec)
    {
        codec = new BloomierCodec { _entry = entry, _section = entry.SectionReader };
        return Palette.TryRead(entry, ref codec._section, out codec._palette) && codec.TryReadParameters() ? Status.Ok : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_palette.Nonzeros, _palette.Clusters, _cellBits);

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output);

    public readonly nuint StateBytes => _entry.Coder switch
    {
        Coder.None => 0,
        Coder.Huffman => (nuint)(CellBytes + (ulong)Huffman.TableBytes(Symbols)),
        _ => (nuint)(CellBytes + (ulong)Arithmetic.TableBytes(Symbols)),
    };

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged => _palette.Fill(output, table);

    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        if (_segment == 0)
        {
            new Output<T>(dst, range.Count).Clear();
            return Status.Ok;
        }
        if (_entry.Coder == Coder.None)
        {
            PackedCells packed = new(_section.Position, _section.Left, _cellBits);
            return packed.Hold(Cells) ? Filter(packed, range, table, dst) : Status.Corrupt;
        }
        ulong parameters = (uint)_palette.Clusters | (uint)_cellBits << 16 | _segment << 32;
        Workspace workspace = new(memory, StateBytes, parameters, part);
        if (!workspace.Resumes(_entry, Workspace.AnyWeight))
        {
            bool unpacked = _entry.Coder == Coder.Huffman ? TryUnpack<Huffman>(workspace.State) : TryUnpack<Arithmetic>(workspace.State);
            if (!unpacked)
                return Status.Corrupt;
            if (!range.IsWhole)
                workspace.Keep(_entry, Workspace.AnyWeight);
        }
        return _cellBits <= 8
            ? Filter(new UnpackedCells<byte>(workspace.State), range, table, dst)
            : Filter(new UnpackedCells<ushort>((ushort*)workspace.State), range, table, dst);
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<BloomierCodec, T, TVisitor>(this, output, memory, visitor);

    public readonly bool SkipsZeros => false;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;

    private readonly ulong Cells => 3 * _segment;

    // What the unpacked cells take, to the next multiple of 8: the coder's tables lie behind them.
    private readonly ulong CellBytes => (Cells * (_cellBits <= 8 ? 1u : 2u) + 7) & ~7ul;

    private readonly Alphabets Symbols => Alphabets(_cellBits, _entry.Coder);

    private bool TryReadParameters()
    {
        if (!_section.TryByte(out byte cellBits) || cellBits is 0 or > Limits.MaxCellBits
            || !_section.TryVarint(out _segment) || _segment > uint.MaxValue
            || !_section.TryVarint(out _seed))
            return false;
        _cellBits = cellBits;
        return _palette.Clusters <= 1 << cellBits && (_segment > 0 || _palette.Nonzeros == 0);
    }

    private readonly bool TryUnpack<TSymbols>(byte* cells) where TSymbols : unmanaged, ISymbolDecoder
    {
        ByteReader section = _section;
        TSymbols symbols = default;
        if (!symbols.TryOpen(ref section, Symbols, cells + CellBytes))
            return false;
        ulong count = Cells;
        if (_cellBits <= 8)
        {
            for (ulong i = 0; i < count && !symbols.RanOver; i++)
                cells[i] = (byte)symbols.Read(0);
            return !symbols.RanOver;
        }
        uint mask = (1u << _cellBits) - 1;
        for (ulong i = 0; i < count && !symbols.RanOver; i++)
        {
            uint high = symbols.Read(0);
            ((ushort*)cells)[i] = (ushort)((high << 8 | symbols.Read(high == 0 ? 1 : 2)) & mask);
        }
        return !symbols.RanOver;
    }

    private readonly Status Filter<TCells, T>(TCells cells, in WeightRange range, T* table, T* dst)
        where TCells : struct, IBloomierCells where T : unmanaged
    {
        uint clusters = (uint)_palette.Clusters;
        ulong segment = _segment;
        ulong seed = _seed;
        int cellBits = _cellBits;
        ulong first = range.First;
        ulong count = range.Count;
        for (ulong i = 0; i < count; i++)
        {
            ulong hash = BloomierHash.Mix(first + i, seed);
            uint x = cells[BloomierHash.Cell(hash, 0, segment)] ^ cells[BloomierHash.Cell(hash, 1, segment)]
                ^ cells[BloomierHash.Cell(hash, 2, segment)] ^ BloomierHash.Mask(hash, cellBits);
            dst[i] = x < clusters ? table[x + 1] : default;
        }
        return Status.Ok;
    }
}
