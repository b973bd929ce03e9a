using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Dense;

/// <summary>Method <c>dense</c>: the id of every weight, zeros included.</summary>
internal static class DenseEncoder
{
    public static void Write(ClusteredTensor tensor, Coder coder, BitWriter section) =>
        SymbolCoder.Write(new Source(tensor), coder, section);

    private readonly struct Source(ClusteredTensor tensor) : ISymbolSource
    {
        public Alphabets Alphabets => new(1, tensor.Clusters + 1);

        public void WriteTo<TSink>(ref TSink sink) where TSink : struct, ISymbolSink
        {
            foreach (byte id in tensor.Ids)
                sink.Write(0, id);
        }
    }
}
