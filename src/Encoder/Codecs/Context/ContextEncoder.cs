using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Context;

/// <summary>Method <c>context</c>: the symbols by an adaptive range coder, under the parameters that make them smallest.</summary>
internal sealed class ContextEncoder : IEncoder
{
    public Method Method => Method.Context;

    public string Description => "by mixed contexts";

    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) =>
        [options with { Method = Method.Context, Coder = Coder.None }];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier)
    {
        (byte[] section, AliveMask? aliveRows, int? parent) = new ContextSearch(tensor, options.Strength, earlier).Smallest();
        return EncodedTensor.Of(tensor, Method.Context, Coder.None, section, aliveRows: aliveRows, parent: parent);
    }
}
