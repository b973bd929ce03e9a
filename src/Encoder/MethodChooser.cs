using System.Globalization;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Codecs.Exponent;
using Weightless.Encoder.Codecs.Grid;
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
    // Elements that lie there as they are cost no decoding and no second copy: that is worth so much.
    private const double LargestShare = 0.95;

    /// <param name="earlier">The tensors before it in the file, encoded.</param>
    public static MethodChoice Choose(PreparedTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        EncodedTensor stored = EncodedTensor.Store(tensor.Source);
        if (options.Method == Method.Stored && tensor.Clustered is not null)
            return new MethodChoice(stored, "stored: that was asked for");
        if (tensor.Grid is { HasScalesInRange: true } grid)
            return Choose(tensor.Source, OnGrid(new GridEncoder(grid), options, earlier), stored, () => stored);
        if (tensor.Clustered is not { } clustered)
            return InFull(tensor.Source, stored, options);
        return Choose(tensor.Source, Candidates(clustered, options).Select(candidate => Encoders.Encode(clustered, candidate, earlier)), stored,
            () => Encoders.Encode(clustered, options with { Method = Method.Stored, Coder = Coder.None }));
    }

    /// <param name="stored">What they have to be smaller than.</param>
    /// <param name="full">What is taken if none is.</param>
    private static MethodChoice Choose(Tensor tensor, IEnumerable<EncodedTensor> candidates, EncodedTensor stored, Func<EncodedTensor> full)
    {
        EncodedTensor[] ranked =
        [
            .. candidates.OrderBy(candidate => candidate.ExpectedBytes).ThenByDescending(candidate => Methods.Of(candidate.Method).IsExact),
        ];
        if (ranked[0].ExpectedBytes < stored.ExpectedBytes)
            return new MethodChoice(ranked[0], Reason(tensor, ranked[0], ranked.AsSpan(1)));
        EncodedTensor elements = full();
        return new MethodChoice(elements, Reason(tensor, elements, ranked));
    }

    /// <summary>A grid's integers by each method, and as they are: they are packed, but not coded.</summary>
    private static IEnumerable<EncodedTensor> OnGrid(GridEncoder grid, EncoderOptions options, IReadOnlyList<EncodedTensor>? earlier)
    {
        IEnumerable<EncoderOptions> candidates = Candidates(grid.Integers, options);
        if (options.Method is null)
            candidates = candidates.Append(options with { Method = Method.Stored, Coder = Coder.None });
        return candidates.Select(candidate => grid.Finish(Encoders.Encode(grid.Integers, candidate, earlier)));
    }

    /// <summary>
    /// A tensor that was not clustered: as it is, usable where it lies, unless coding its exponents saves enough or was asked for.
    /// </summary>
    private static MethodChoice InFull(Tensor tensor, EncodedTensor stored, EncoderOptions options)
    {
        EncodedTensor? coded = options.Method is null or Method.Exponent && options.Selects(tensor.Name) ? ExponentEncoder.TryEncode(tensor) : null;
        return coded is not null && coded.ExpectedBytes <= LargestShare * stored.ExpectedBytes
            ? new MethodChoice(coded, Reason(tensor, coded, [stored]))
            : new MethodChoice(stored, "stored: it was not clustered");
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
