using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>
/// A grid: any codec of integers of 8 bits, and what makes the elements of them, integer x scale. docs/format-grid.md defines it.
/// </summary>
internal unsafe struct GridCodec<TIntegers> : ICodec<GridCodec<TIntegers>> where TIntegers : unmanaged, ICodec<TIntegers>
{
    private TensorEntry _entry;
    private GridHeader _grid;
    private TIntegers _integers;

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out GridCodec<TIntegers> codec)
    {
        codec = new GridCodec<TIntegers> { _entry = entry };
        return GridHeader.TryRead(entry, out codec._grid, out TensorEntry integers)
            ? TIntegers.Open(integers, directory, out codec._integers)
            : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    /// <summary>An integer whose upper bits are zero may not be.</summary>
    public readonly SectionFacts Facts
    {
        get
        {
            SectionFacts facts = _integers.Facts;
            ulong nonzeros = _grid.IsPlain ? facts.Nonzeros : _entry.Weights;
            return new SectionFacts(nonzeros, facts.Clusters, facts.CellBits)
            {
                Grid = new GridFacts(_grid.IntegerBits, _grid.ChannelAxis, _grid.Channels),
            };
        }
    }

    public readonly bool CanDecode(ElementType output) => output switch
    {
        ElementType.F32 or ElementType.F16 or ElementType.BF16 => _grid.HasScale,
        ElementType.I16 => true,
        ElementType.I8 => _grid.IsPlain,
        ElementType.Id8 => _grid.IsPlain && _integers.CanDecode(output),
        _ => false,
    };

    public readonly nuint StateBytes => _integers.StateBytes;

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged =>
        _integers.FillTable(Coded(output), (byte*)table);

    /// <summary>The integers come first, at the end of where the elements will be: these overwrite them as they are read.</summary>
    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        byte* coded = (byte*)(dst + range.Count) - range.Count;
        Status status = _integers.Decode(range, Coded(output), (byte*)table, coded, memory, part);
        if (status == Status.Ok && sizeof(T) > 1)
            new GridElements(_grid, output).Make((sbyte*)coded, range.First, range.Count, dst);
        return status;
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        if (sizeof(T) == 1)
            return _integers.ForEachPiece<T, TVisitor>(Coded(output), memory, visitor);
        GridPieces<T, TVisitor> pieces = new(new GridElements(_grid, output), _entry.Columns, visitor);
        return _integers.ForEachPiece<byte, GridPieces<T, TVisitor>>(ElementType.I8, memory, &pieces);
    }

    public readonly bool SkipsZeros => _grid.IsPlain && _integers.SkipsZeros;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        if (ElementTypes.Size(output) == 1)
            return _integers.ForEachNonzero<T, TVisitor>(output, memory, visitor);
        GridNonzeros<T, TVisitor> nonzeros = new(_grid, output, visitor);
        return _integers.ForEachNonzero<uint, GridNonzeros<T, TVisitor>>(ElementType.I8, memory, &nonzeros);
    }

    /// <summary>What the integers are decoded to: themselves, unless their ids are asked for.</summary>
    private static ElementType Coded(ElementType output) => output == ElementType.Id8 ? output : ElementType.I8;
}
