using CsCheck;
using Weightless.Encoder.Quantization;

namespace Weightless.Tests.Quantization;

public class KMeansTests
{
    [Fact]
    public void Few_values_are_split_at_the_optimum()
    {
        Gen.Select(Gen.Float[-10, 10].Array[1, 12], Gen.Int[1, 4]).Sample((values, clusters) =>
        {
            Array.Sort(values);
            int[] ends = KMeans.Split(values, clusters);
            Assert.True(Error(values, ends) <= BestError(values, 0, clusters) + 1e-6);
        }, iter: 500);
    }

    [Fact]
    public void Many_values_are_split_nearly_as_well_as_a_plain_Lloyd_iteration_ever_does()
    {
        Random random = new(3);
        float[] values = [.. Enumerable.Range(0, 60_000).Select(_ => (float)(random.NextDouble() + random.NextDouble() - random.NextDouble()))];
        Array.Sort(values);
        int[] ends = KMeans.Split(values, 7);
        Assert.Equal(7, ends.Length);
        // No value is nearer to the mean of a neighbouring cluster than to its own.
        for (int k = 0, start = 0; k + 1 < ends.Length; start = ends[k++])
        {
            double middle = (KMeans.Mean(values, start, ends[k]) + KMeans.Mean(values, ends[k], ends[k + 1])) / 2;
            Assert.InRange(middle, values[ends[k] - 1] - 1e-4, values[ends[k]] + 1e-4);
        }
    }

    /// <summary>An outlier each its own cluster, and the rest for the ordinary values, is possible: the optimum is no worse.</summary>
    [Fact]
    public void Outliers_do_not_take_clusters_from_many_ordinary_values()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Double[1, 6], Gen.Int[0, int.MaxValue]).Sample((outliers, orders, seed) =>
        {
            const int clusters = 96;
            Random random = new(seed);
            float[] ordinary =
                [.. Enumerable.Range(0, 60_000).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
            float[] all =
            [
                .. ordinary,
                .. Enumerable.Range(0, outliers).Select(_ => (float)((random.Next(2) * 2 - 1) * Math.Pow(10, 1 + random.NextDouble() * orders))),
            ];
            Array.Sort(ordinary);
            Array.Sort(all);
            double possible = Error(ordinary, KMeans.Split(ordinary, clusters - outliers));
            Assert.InRange(Error(all, KMeans.Split(all, clusters)), 0, 1.02 * possible);
        }, iter: 10);
    }

    [Fact]
    public void There_are_no_empty_clusters()
    {
        int[] ends = KMeans.Split([1, 1, 1, 1, 2], 4);
        Assert.Equal(5, ends[^1]);
        Assert.All(ends.Zip(ends.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    private static double Error(float[] sorted, int[] ends)
    {
        double error = 0;
        for (int k = 0, start = 0; k < ends.Length; start = ends[k++])
            error += Error(sorted, start, ends[k]);
        return error;
    }

    private static double Error(float[] sorted, int from, int to)
    {
        double mean = KMeans.Mean(sorted, from, to);
        return sorted[from..to].Sum(value => (value - mean) * (value - mean));
    }

    private static double BestError(float[] sorted, int from, int clusters)
    {
        double best = Error(sorted, from, sorted.Length);
        for (int end = from + 1; clusters > 1 && end < sorted.Length; end++)
            best = Math.Min(best, Error(sorted, from, end) + BestError(sorted, end, clusters - 1));
        return best;
    }
}
