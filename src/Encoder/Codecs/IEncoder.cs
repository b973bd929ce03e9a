using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs;

/// <summary>The encoder of a method: it writes what the codec in the decoder's folder of the same name reads.</summary>
internal interface IEncoder
{
    Method Method { get; }

    /// <summary>How it encodes, in a few words, for the command line's help.</summary>
    string Description { get; }

    /// <summary>
    /// What method <c>auto</c> tries of it, within the user's options: with which coder and parameters. Nothing, if others are
    /// always smaller, or if it is not exact and the options allow for no mistakes.
    /// </summary>
    IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options);

    /// <summary>Encodes a tensor.</summary>
    /// <param name="options">
    /// Its method is this one and its coder one of this method's; of the others those hold that it has a use for.
    /// </param>
    /// <param name="earlier">The tensors before it in its file, encoded, to which a section may refer.</param>
    EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier);
}
