using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary><c>wl_decode</c> and <c>wl_decode_rows</c>: rows one after the other into the caller's buffer.</summary>
/// <param name="firstRow">Null for all rows, whatever <paramref name="rowCount"/> is.</param>
internal readonly unsafe struct RowsCall(ElementType output, ulong? firstRow, ulong rowCount, byte* dst, nuint dstSize, Scratch scratch)
    : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        TensorEntry entry = codec.Entry;
        Status status = Scratch.CheckType(codec, output);
        if (status != Status.Ok)
            return status;
        ulong first = firstRow ?? 0;
        ulong rows = firstRow.HasValue ? rowCount : entry.Rows;
        if (first > entry.Rows || rows > entry.Rows - first)
            return Status.Rows;
        ulong count = rows * entry.Columns;
        ulong bytes = count * (ulong)ElementTypes.Size(output);
        if (bytes > dstSize)
            return Status.DstSize;
        status = scratch.Check(codec, output);
        if (status != Status.Ok)
            return status;
        if (bytes == 0)
            return Status.Ok;
        if (dst == null)
            return Status.Argument;
        WeightRange range = new(first * entry.Columns, count, entry.Weights);
        return ElementTypes.Size(output) switch
        {
            1 => Decode(codec, range, dst),
            2 => Decode(codec, range, (ushort*)dst),
            8 when TCodec.TakesWideElements => Decode(codec, range, (ulong*)dst),
            _ => Decode(codec, range, (uint*)dst),
        };
    }

    private Status Decode<TCodec, T>(in TCodec codec, in WeightRange range, T* elements)
        where TCodec : unmanaged, ICodec<TCodec> where T : unmanaged
    {
        T* table = stackalloc T[Palette.TableLength];
        codec.FillTable(output, table);
        return codec.Decode(range, output, table, elements, scratch.Memory, Part.Whole);
    }
}
