using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Quantization;

/// <summary>
/// A tensor as the codecs see it: an id for every weight, row by row, 0 for a zero weight and 1..K for a centroid.
/// </summary>
/// <param name="Type">The type of the elements; <paramref name="Centroids"/> holds their bits.</param>
/// <param name="Shape">The dimensions; rows is the first, columns the product of the others.</param>
/// <param name="Ids">rows x columns ids.</param>
/// <param name="Centroids">K centroids in ascending order of their values, K at most 255.</param>
public sealed record ClusteredTensor(string Name, ElementType Type, IReadOnlyList<long> Shape, byte[] Ids, uint[] Centroids)
{
    /// <summary>The number of non-zero ids.</summary>
    public long Nonzeros { get; } = Ids.Length - Ids.AsSpan().Count((byte)0);

    public int Clusters => Centroids.Length;

    /// <summary>The index of the first non-zero at or after <paramref name="from"/>; the length if there is none.</summary>
    internal int NextNonzero(int from)
    {
        int found = Ids.AsSpan(from).IndexOfAnyExcept((byte)0);
        return found < 0 ? Ids.Length : from + found;
    }
}
