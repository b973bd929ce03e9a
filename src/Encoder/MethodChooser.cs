using System.Globalization;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>A tensor by the method that was found best for it.</summary>
/// <param name="Reason">A clause that says why: what it takes, and what the others do.</param>
public sealed record MethodChoice(EncodedTensor Encoded, string Reason);

/// <summary>
/// Encodes a tensor by the method that was asked for or, by default, by all that may be best: exact ones and, with a budget for
/// false positives, a filter that stays within it. The smallest is taken, and none where the elements themselves are no larger.
/// </summary>
public static class MethodChooser
{
    /// <param name="earlier">The tensors before it in the file, encoded.</param>
    public static MethodChoice Choose(PreparedTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        EncodedTensor stored = EncodedTensor.Store(tensor.Source);
        if (tensor.Clustered is not { } clustered)
            return new MethodChoice(stored, "stored: it was not clustered");
        if (options.Method == Method.Stored)
            return new MethodChoice(stored, "stored: that was asked for");

        EncodedTensor[] ranked =
        [
            .. Candidates(clustered, options)
                .Select(candidate => Encoders.Encode(clustered, candidate, earlier))
                .OrderBy(candidate => candidate.ExpectedBytes)
                .ThenByDescending(candidate => Methods.Of(candidate.Method).IsExact),
        ];
        if (ranked[0].ExpectedBytes < stored.ExpectedBytes)
            return new MethodChoice(ranked[0], Reason(tensor.Source, ranked[0], ranked.AsSpan(1)));
        EncodedTensor full = Encoders.Encode(clustered, options with { Method = Method.Stored, Coder = Coder.None });
        return new MethodChoice(full, Reason(tensor.Source, full, ranked));
    }

    /// <summary>What is tried. Of two that make the same bytes the first is taken: the method with the higher number.</summary>
    private static IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) => options.Method is null
        ? Encoders.All.ToArray().Reverse().SelectMany(encoder => encoder.Candidates(tensor, options))
        : [options];

    private static string Reason(Tensor tensor, EncodedTensor best, ReadOnlySpan<EncodedTensor> others)
    {
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"{Methods.Of(best.Method).Name} takes {best.Bytes:N0} bytes of {tensor.ByteLength:N0}");
        string separator = ": ";
        foreach (EncodedTensor other in others)
        {
            reason += string.Create(CultureInfo.InvariantCulture, $"{separator}{Methods.Of(other.Method).Name} {other.Bytes:N0}");
            separator = ", ";
        }
        return reason;
    }
}
