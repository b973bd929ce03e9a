using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary>The arrays of a matrix in compressed rows, the caller's.</summary>
/// <param name="capacity">Elements that the last two have room for.</param>
internal readonly unsafe struct CsrArrays(ulong* rowOffsets, nuint rowOffsetsSize, uint* columnIndexes, byte* values, nuint capacity)
{
    public ulong* RowOffsets => rowOffsets;

    public uint* ColumnIndexes => columnIndexes;

    public byte* Values => values;

    public nuint Capacity => capacity;

    public Status Check(in TensorEntry entry)
    {
        if (rowOffsetsSize / sizeof(ulong) <= entry.Rows || entry.Columns > 1ul << 32)
            return Status.DstSize;
        return rowOffsets == null || capacity > 0 && (columnIndexes == null || values == null) ? Status.Argument : Status.Ok;
    }
}

/// <summary><c>wl_decode_csr</c>: the elements that are not zero, row by row.</summary>
internal readonly unsafe struct CsrCall(ElementType output, CsrArrays arrays, Scratch scratch) : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        Status status = scratch.Check(codec, output);
        if (status == Status.Ok)
            status = arrays.Check(codec.Entry);
        if (status != Status.Ok)
            return status;
        return ElementTypes.Size(output) switch
        {
            1 => Decode(codec, arrays.Values),
            2 => Decode(codec, (ushort*)arrays.Values),
            8 when TCodec.TakesWideElements => Decode(codec, (ulong*)arrays.Values),
            _ => Decode(codec, (uint*)arrays.Values),
        };
    }

    private Status Decode<TCodec, T>(in TCodec codec, T* values)
        where TCodec : unmanaged, ICodec<TCodec> where T : unmanaged, IEquatable<T>
    {
        ulong rows = codec.Entry.Rows;
        arrays.RowOffsets[0] = 0;
        CompressedRows<T> compressed = new(arrays.RowOffsets, arrays.ColumnIndexes, values, arrays.Capacity, codec.Entry.Columns);
        Status status = codec.SkipsZeros
            ? codec.ForEachNonzero<uint, CompressedRows<T>>(output, scratch.Memory, &compressed)
            : codec.ForEachPiece<T, CompressedRows<T>>(output, scratch.Memory, &compressed);
        ulong count = compressed.Finish(rows);
        return status == Status.Ok && count > arrays.Capacity ? Status.DstSize : status;
    }
}
