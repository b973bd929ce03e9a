using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary><c>wl_matvec</c>: y = W x without W in memory.</summary>
internal readonly unsafe struct ProductCall(float* x, nuint xSize, float* y, nuint ySize, Scratch scratch) : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        Status status = scratch.Check(codec, ElementType.F32);
        if (status != Status.Ok)
            return status;
        TensorEntry entry = codec.Entry;
        if (ySize / sizeof(float) < entry.Rows)
            return Status.DstSize;
        if (xSize / sizeof(float) < entry.Columns || x == null && entry.Columns > 0 || y == null && entry.Rows > 0)
            return Status.Argument;
        new Output<float>(y, entry.Rows).Clear();
        // A zero adds nothing to a sum unless it meets an infinity or what is not a number: then it has to be multiplied too.
        if (codec.SkipsZeros && SparseProduct.Takes(x, entry.Columns))
        {
            SparseProduct sparse = new(x, y, entry.Columns);
            Status done = codec.ForEachNonzero<float, SparseProduct>(ElementType.F32, scratch.Memory, &sparse);
            if (entry.Weights > 0)
                sparse.Finish();
            return done;
        }
        MatrixProduct product = new(x, y, entry.Columns);
        return codec.ForEachPiece<uint, MatrixProduct>(ElementType.F32, scratch.Memory, &product);
    }
}
