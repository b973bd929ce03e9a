using Weightless.Encoder.Codecs.Bloomier;
using Weightless.Encoder.Codecs.Context;
using Weightless.Encoder.Codecs.Coupled;
using Weightless.Encoder.Codecs.Csr;
using Weightless.Encoder.Codecs.Dense;
using Weightless.Encoder.Codecs.Exponent;
using Weightless.Encoder.Codecs.Stored;
using Weightless.Encoder.Codecs.Words;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs;

/// <summary>The table from a method to its encoder; what else there is to know of a method is in <see cref="Methods"/>.</summary>
public static class Encoders
{
    private static readonly IEncoder[] s_all =
    [
        new StoredEncoder(),
        new DenseEncoder(),
        new CsrEncoder(),
        new BloomierEncoder(),
        new CoupledEncoder(),
        new ContextEncoder(),
        new WordsEncoder(),
        new ExponentEncoder(),
    ];

    /// <summary>The encoders of all methods, by number.</summary>
    internal static ReadOnlySpan<IEncoder> All => s_all;

    internal static IEncoder Of(Method method) => s_all[(int)method];

    /// <summary>Encodes a clustered tensor by the method and coder of the options, however large that makes it.</summary>
    /// <param name="earlier">The tensors before it in its file, encoded, to which a section may refer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options name no method, or one that does not have their coder.</exception>
    public static EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Method is not { } method || !Methods.Knows(method, options.Coder)
            || !Methods.Of(method).Takes(options.Coder))
            throw new ArgumentOutOfRangeException(nameof(options), $"there is no method {options.Method} with coder {options.Coder}");
        return Of(method).Encode(tensor, options, earlier ?? []);
    }
}
