using System.Runtime.InteropServices;
using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Quantization;

public class ClustererTests
{
    [Fact]
    public void A_density_is_met_exactly_and_keeps_the_largest()
    {
        Gen.Select(Gen.Int[-20, 20].Array[1, 300], Gen.Double[0.01, 1]).Sample((values, density) =>
        {
            ClusteredTensor pruned = Cluster([.. values.Select(value => (float)value)], density, null)!;
            int wanted = Math.Min((int)Math.Round(density * values.Length), values.Count(value => value != 0));
            Assert.Equal(wanted, pruned.Nonzeros);
            int smallestKept = values.Where((_, i) => pruned.Ids[i] != 0).Select(Math.Abs).DefaultIfEmpty(int.MaxValue).Min();
            int largestCut = values.Where((_, i) => pruned.Ids[i] == 0).Select(Math.Abs).DefaultIfEmpty(0).Max();
            Assert.True(largestCut <= smallestKept);
        });
    }

    [Fact]
    public void No_more_values_than_clusters_stay_bit_for_bit()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i % 73 * 0.37f)];
        foreach (int? clusters in new int?[] { null, 255, 72 })
        {
            ClusteredTensor tensor = Cluster(values, null, clusters)!;
            Assert.Equal(72, tensor.Clusters);
            Assert.Equal(values, tensor.Ids.Select(id => id == 0 ? 0 : BitConverter.UInt32BitsToSingle(tensor.Centroids[id - 1])));
        }
    }

    [Theory]
    [InlineData(72)]
    [InlineData(215)]
    [InlineData(255)]
    public void Clusters_are_a_maximum_for_few_values_too(int count)
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i % (count + 1) * 0.37f)];
        Assert.Equal(9, Cluster(values, null, 9)!.Clusters);
        Assert.Equal(count - 1, Cluster(values, null, count - 1)!.Clusters);
    }

    /// <summary>What pruning takes away does not count.</summary>
    [Fact]
    public void Values_are_counted_behind_pruning()
    {
        float[] values = [.. Enumerable.Range(1, 100).Select(i => (float)i)];
        ClusteredTensor tensor = Cluster(values, 0.05, 5)!;
        Assert.Equal(values[95..], tensor.Centroids.Select(BitConverter.UInt32BitsToSingle));
    }

    [Fact]
    public void Integers_keep_their_values()
    {
        byte[] data = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        foreach (ElementType type in new[] { ElementType.I8, ElementType.U8 })
            Assert.Equal(255, Clusterer.TryCluster(new Tensor("t", type, [16, 16], data), null, 9, out _)!.Clusters);
    }

    [Fact]
    public void More_values_are_clustered_only_if_that_was_asked_for()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i * 0.37f)];
        Assert.Null(Cluster(values, null, null, out Unclustered reason));
        Assert.Equal(Unclustered.ManyValues, reason);
        ClusteredTensor tensor = Cluster(values, null, 16)!;
        Assert.Equal(16, tensor.Clusters);
        // Each weight goes to its nearest centroid.
        float[] centroids = [.. tensor.Centroids.Select(BitConverter.UInt32BitsToSingle)];
        for (int i = 1; i < values.Length; i++)
            Assert.Equal(centroids.Min(c => Math.Abs(c - values[i])), Math.Abs(centroids[tensor.Ids[i] - 1] - values[i]), 4);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_has_no_mean_is_left_alone(float odd)
    {
        Assert.Null(Cluster([1, odd, 2], null, 2, out Unclustered reason));
        Assert.Equal(Unclustered.NotFinite, reason);
    }

    [Fact]
    public void Minus_zero_is_zero() => Assert.Equal([0, 1, 0], Cluster([-0.0f, 5, 0], null, null)!.Ids);

    [Fact]
    public void Nothing_is_something()
    {
        Assert.Equal(0, Cluster([], 0.5, 4)!.Clusters);
        Assert.Equal(0, Cluster([0, 0], 0.5, 4)!.Clusters);
    }

    private static ClusteredTensor? Cluster(float[] values, double? density, int? clusters) =>
        Cluster(values, density, clusters, out _);

    private static ClusteredTensor? Cluster(float[] values, double? density, int? clusters, out Unclustered reason) =>
        Clusterer.TryCluster(new Tensor("t", ElementType.F32, [values.Length, 1], MemoryMarshal.AsBytes<float>(values).ToArray()),
            density, clusters, out reason);
}
