using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>What the codec of a grid's integers tells.</summary>
internal struct IntegerFacts : ICodecCall
{
    public SectionFacts Facts;
    public ulong UnitWeights;
    public nuint StateBytes;
    public bool HasIds;
    public bool SkipsZeros;

    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        Facts = codec.Facts;
        UnitWeights = codec.UnitWeights;
        StateBytes = codec.StateBytes;
        HasIds = codec.CanDecode(ElementType.Id8);
        SkipsZeros = codec.SkipsZeros;
        return Status.Ok;
    }
}

/// <summary>Decodes a range of them.</summary>
internal readonly unsafe struct DecodedIntegers(WeightRange range, ElementType output, byte* table, byte* dst, byte* memory, Part part)
    : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        codec.FillTable(output, table);
        return codec.Decode(range, output, table, dst, memory, part);
    }
}

/// <summary>Shows all of them in pieces.</summary>
internal readonly unsafe struct IntegerPieces(ElementType output, byte* memory, GridPieces* visitor) : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec> =>
        codec.ForEachPiece<byte, GridPieces>(output, memory, visitor);
}

/// <summary>Shows those that are not zero.</summary>
internal readonly unsafe struct IntegerNonzeros(ElementType output, byte* memory, GridNonzeros* visitor) : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec> =>
        codec.ForEachNonzero<uint, GridNonzeros>(output, memory, visitor);
}
