using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Quantization;

/// <summary>Why a tensor was not turned into ids.</summary>
public enum Unclustered
{
    /// <summary>It was.</summary>
    None,

    /// <summary>Its element type is neither a 16- or 32-bit float nor an 8-bit integer.</summary>
    Type,

    /// <summary>It has over 255 distinct non-zero values and clustering was not asked for.</summary>
    ManyValues,

    /// <summary>It has a NaN or an infinity, which no mean may be taken of.</summary>
    NotFinite,

    /// <summary>It has a minus zero, whose sign is to be kept.</summary>
    MinusZero,
}

/// <summary>Prunes a tensor and gives every weight left an id.</summary>
public static class Clusterer
{
    /// <param name="density">The share of weights to keep, 0..1; null prunes nothing.</param>
    /// <param name="clusters">
    /// The most centroids, 1..255: a tensor with no more distinct non-zero values keeps them, bit for bit (but for minus zero,
    /// which becomes zero), and one of floats with more is clustered. Null leaves a tensor with over 255 values alone.
    /// </param>
    public static ClusteredTensor? TryCluster(Tensor tensor, double? density, int? clusters, out Unclustered reason)
    {
        reason = Unclustered.Type;
        if (!ElementTypes.IsCodable(tensor.Type))
            return null;
        Weights weights = new(tensor);
        reason = Unclustered.NotFinite;
        if (!AllFinite(weights, tensor.Type))
            return null;

        MagnitudePruning pruning = density is { } share ? MagnitudePruning.ToDensity(weights, share) : MagnitudePruning.None;
        reason = Unclustered.None;
        int most = ElementTypes.IsFloat(tensor.Type) ? clusters ?? Limits.MaxClusters : Limits.MaxClusters;
        if (TryDistinct(weights, tensor, pruning, most) is { } exact)
            return exact;
        if (clusters is { } count)
            return Cluster(weights, tensor, pruning, count);
        reason = Unclustered.ManyValues;
        return null;
    }

    private static bool AllFinite(Weights weights, ElementType type)
    {
        if (!ElementTypes.IsFloat(type))
            return true;
        for (int i = 0; i < weights.Count; i++)
        {
            if (weights.Magnitude(weights[i]) >= 0x7f800000)
                return false;
        }
        return true;
    }

    /// <summary>Ids for the values as they are, if they are at most so many.</summary>
    private static ClusteredTensor? TryDistinct(Weights weights, Tensor tensor, MagnitudePruning pruning, int most)
    {
        Dictionary<uint, byte> found = [];
        byte[] ids = new byte[weights.Count];
        uint last = 0;
        byte lastId = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            uint bits = weights[i];
            if (bits == 0 || !pruning.Keeps(weights.Magnitude(bits)))
                continue;
            if (bits != last && !found.TryGetValue(bits, out lastId))
            {
                if (found.Count == most)
                    return null;
                found.Add(bits, lastId = (byte)(found.Count + 1));
            }
            last = bits;
            ids[i] = lastId;
        }

        uint[] centroids = [.. found.Keys.OrderBy(bits => Weights.Value(tensor.Type, bits))];
        byte[] order = new byte[centroids.Length + 1];
        for (int i = 0; i < centroids.Length; i++)
            order[found[centroids[i]]] = (byte)(i + 1);
        foreach (ref byte id in ids.AsSpan())
            id = order[id];
        return new ClusteredTensor(tensor.Name, tensor.Type, tensor.Shape, ids, centroids);
    }

    private static ClusteredTensor Cluster(Weights weights, Tensor tensor, MagnitudePruning pruning, int clusters)
    {
        float[] kept = new float[weights.Count];
        int count = 0;
        MagnitudePruning first = pruning;
        for (int i = 0; i < weights.Count; i++)
        {
            uint bits = weights[i];
            if (bits != 0 && first.Keeps(weights.Magnitude(bits)))
                kept[count++] = weights.Value(bits);
        }
        Span<float> sorted = kept.AsSpan(0, count);
        sorted.Sort();
        int[] ends = KMeans.Split(sorted, clusters);

        uint[] centroids = new uint[ends.Length];
        float[] lowest = new float[ends.Length];
        for (int k = 0, start = 0; k < ends.Length; start = ends[k++])
        {
            uint mean = BitConverter.SingleToUInt32Bits((float)KMeans.Mean(sorted, start, ends[k]));
            centroids[k] = Palette.Convert(mean, ElementType.F32, tensor.Type);
            lowest[k] = sorted[start];
        }

        byte[] ids = new byte[weights.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            uint bits = weights[i];
            if (bits != 0 && pruning.Keeps(weights.Magnitude(bits)))
                ids[i] = (byte)(LastAtMost(lowest, weights.Value(bits)) + 1);
        }
        return new ClusteredTensor(tensor.Name, tensor.Type, tensor.Shape, ids, centroids);
    }

    private static int LastAtMost(float[] sorted, float value)
    {
        int found = Array.BinarySearch(sorted, value);
        if (found < 0)
            return ~found - 1;
        // Equal values straddle a border only where a cluster holds nothing else.
        while (found + 1 < sorted.Length && sorted[found + 1] == value)
            found++;
        return found;
    }
}
