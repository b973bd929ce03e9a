using System.Globalization;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>A tensor by the method that was found best for it.</summary>
/// <param name="Reason">A clause that says why: what it takes, and what the others do.</param>
public sealed record MethodChoice(EncodedTensor Encoded, string Reason);

/// <summary>
/// Method <c>auto</c>: the smallest exact method, or, with a budget for false positives, the smallest of those and of a
/// coupled filter that stays within it.
/// </summary>
public static class MethodChooser
{
    private static readonly (Method Method, Coder Coder)[] Exact =
        [(Method.Context, Coder.None), (Method.Csr, Coder.Arithmetic), (Method.Dense, Coder.Arithmetic)];

    /// <param name="options">All but its method and coder hold.</param>
    /// <param name="earlier">The tensors before it in the file, encoded.</param>
    public static MethodChoice Choose(PreparedTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        if (tensor.Clustered is not { } clustered)
            return new MethodChoice(EncodedTensor.Store(tensor.Source), "stored: it was not clustered");

        List<EncodedTensor> candidates = [];
        foreach ((Method method, Coder coder) in Exact)
            candidates.Add(ModelEncoder.Encode(tensor, options with { Method = method, Coder = coder }, earlier));
        if (options.MaxFalsePositives is { } rate && CellBits(clustered, rate) is { } cellBits)
        {
            // The classic filter is larger at the same rate.
            candidates.Add(ModelEncoder.Encode(tensor, options with { Method = Method.Coupled, Coder = Coder.None, CellBits = cellBits }));
        }
        EncodedTensor[] ranked = [.. candidates.DistinctBy(candidate => candidate.Method).OrderBy(candidate => candidate.ExpectedBytes)];
        return new MethodChoice(ranked[0], Reason(clustered, ranked));
    }

    /// <summary>The fewest bits of a cell with which a filter stays within a rate of false positives; null if too many.</summary>
    private static int? CellBits(ClusteredTensor tensor, double rate)
    {
        for (int bits = EncodedTensor.MinCellBits(tensor.Clusters); bits <= Limits.MaxCellBits; bits++)
        {
            if (tensor.Clusters <= rate * (1 << bits))
                return bits;
        }
        return null;
    }

    private static string Reason(ClusteredTensor tensor, EncodedTensor[] ranked)
    {
        long plain = tensor.Ids.Length * (long)ElementTypes.Size(tensor.Type);
        string best = string.Create(CultureInfo.InvariantCulture,
            $"{Name(ranked[0])} takes {ranked[0].Bytes:N0} bytes of {plain:N0}");
        IEnumerable<string> others = ranked.Skip(1)
            .Select(other => string.Create(CultureInfo.InvariantCulture, $"{Name(other)} {other.Bytes:N0}"));
        return ranked.Length == 1 ? $"{best}, and no method is smaller" : $"{best}: {string.Join(", ", others)}";
    }

    private static string Name(EncodedTensor tensor) => tensor.Method.ToString().ToLowerInvariant();
}
