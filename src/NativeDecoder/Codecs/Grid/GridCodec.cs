using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>
/// A grid: integers of 8 bits by any method, and what makes the elements of them, integer x scale. docs/format-grid.md defines it.
/// The integers' codec is opened for each thing that is asked of it: in its own type for each it would be compiled for each.
/// </summary>
internal unsafe struct GridCodec : ICodec<GridCodec>
{
    private TensorEntry _entry;
    private GridHeader _grid;
    private TensorEntry _integers;
    private TensorDirectory _directory;
    private IntegerFacts _facts;

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out GridCodec codec)
    {
        codec = new GridCodec { _entry = entry, _directory = directory };
        return GridHeader.TryRead(entry, out codec._grid, out codec._integers)
            ? Dispatch.Run(codec._integers, directory, ref codec._facts)
            : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    /// <summary>An integer whose upper bits are zero may not be.</summary>
    public readonly SectionFacts Facts
    {
        get
        {
            SectionFacts facts = _facts.Facts;
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
        ElementType.Id8 => _grid.IsPlain && _facts.HasIds,
        _ => false,
    };

    public readonly ulong UnitWeights => _facts.UnitWeights;

    public readonly nuint StateBytes => _facts.StateBytes;

    /// <summary>The integers' codec fills it.</summary>
    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged
    {
    }

    /// <summary>The integers come first, at the end of where the elements will be: these overwrite them as they are read.</summary>
    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        byte* coded = (byte*)(dst + range.Count) - range.Count;
        DecodedIntegers call = new(range, Coded(output), (byte*)table, coded, memory, part);
        Status status = Dispatch.Run(_integers, _directory, ref call);
        if (status == Status.Ok && sizeof(T) > 1)
            new GridElements(_grid, output).Make((sbyte*)coded, range.First, range.Count, dst);
        return status;
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        GridElements elements = new(_grid, output);
        GridPieces pieces = new(&elements, _entry.Columns, visitor, &GridPieces.Show<T, TVisitor>);
        IntegerPieces call = new(Coded(output), memory, &pieces);
        return Dispatch.Run(_integers, _directory, ref call);
    }

    public readonly bool SkipsZeros => _grid.IsPlain && _facts.SkipsZeros;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        GridNonzeros nonzeros = new(_grid, output, visitor, &GridNonzeros.Show<T, TVisitor>);
        IntegerNonzeros call = new(Coded(output), memory, &nonzeros);
        Status status = Dispatch.Run(_integers, _directory, ref call);
        nonzeros.Flush();
        return status;
    }

    /// <summary>What the integers are decoded to: themselves, unless their ids are asked for.</summary>
    private static ElementType Coded(ElementType output) => output == ElementType.Id8 ? output : ElementType.I8;
}
