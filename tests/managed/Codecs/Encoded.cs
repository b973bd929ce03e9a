using Weightless.Encoder;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Encoded tensors in few words.</summary>
internal static class Encoded
{
    public static EncodedTensor By(ClusteredTensor layer, Method method, Coder coder, int? cellBits = null, ulong seed = 0) =>
        Encoders.Encode(layer, new EncoderOptions { Method = method, Coder = coder, CellBits = cellBits, Seed = seed });

    public static EncodedTensor ByContext(ClusteredTensor layer, int strength = EncoderOptions.DefaultStrength,
        IReadOnlyList<EncodedTensor>? earlier = null) =>
        Encoders.Encode(layer, new EncoderOptions { Method = Method.Context, Strength = strength }, earlier);
}
