using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Dense;

/// <summary>Method <c>dense</c>: the id of every weight, zeros included.</summary>
internal sealed class DenseEncoder : IEncoder
{
    public Method Method => Method.Dense;

    public string Description => "as ids";

    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) =>
        [options with { Method = Method.Dense, Coder = Coder.Arithmetic }];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier)
    {
        BitWriter section = new();
        PaletteWriter.Write(tensor, section);
        SymbolCoder.Write(new Source(tensor), options.Coder, section);
        return EncodedTensor.Of(tensor, Method.Dense, options.Coder, section.ToArray());
    }

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
