using System.Numerics;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs;

/// <summary>
/// Bits of a filter's cell, t: one that is no key reads any of 2^t values, K of which are centroids, and so is a false positive
/// with probability K / 2^t.
/// </summary>
public static class CellWidth
{
    // A zero in 32, or fewer.
    private const int MoreByDefault = 5;

    /// <summary>Bits that the number of any of these centroids needs.</summary>
    public static int Smallest(int clusters) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(clusters, 1) - 1));

    /// <summary>The width for a tensor; one that was asked for is raised to what its centroids need.</summary>
    internal static int Of(ClusteredTensor tensor, EncoderOptions options)
    {
        int smallest = Smallest(tensor.Clusters);
        return Math.Max(options.CellBits ?? smallest + MoreByDefault, smallest);
    }

    /// <summary>The fewest bits with which a filter stays within a rate of false positives; null if too many.</summary>
    internal static int? Within(ClusteredTensor tensor, double rate)
    {
        for (int bits = Smallest(tensor.Clusters); bits <= Limits.MaxCellBits; bits++)
        {
            if (tensor.Clusters <= rate * (1 << bits))
                return bits;
        }
        return null;
    }
}
