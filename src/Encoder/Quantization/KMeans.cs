namespace Weightless.Encoder.Quantization;

/// <summary>
/// One-dimensional k-means. Up to <see cref="ExactPoints"/> values the optimum, by dynamic programming over the sorted values
/// (Wang and Song 2011), with the split points of a row found by divide and conquer; beyond, the optimum over that many
/// groups of neighbouring values (<see cref="EqualErrorGroups"/>), then Lloyd's iteration over all of them. It takes no random
/// numbers.
/// </summary>
internal static class KMeans
{
    public const int ExactPoints = 16384;

    private const int MaxIterations = 200;

    /// <summary>
    /// At most <paramref name="clusters"/> clusters of sorted values: the index behind the last value of each, ascending.
    /// </summary>
    public static int[] Split(ReadOnlySpan<float> sorted, int clusters)
    {
        SquaredErrors all = new(sorted);
        if (sorted.Length <= ExactPoints)
            return Optimum(all, [.. Enumerable.Range(0, sorted.Length + 1)], Math.Min(clusters, sorted.Length));
        int[] borders = EqualErrorGroups.Borders(all, ExactPoints);
        int[] ends = Optimum(all, borders, Math.Min(clusters, borders.Length - 1));
        Lloyd(sorted, all, ends);
        return ends;
    }

    /// <summary>The mean of values [from, to) of the array that was split.</summary>
    public static double Mean(ReadOnlySpan<float> sorted, int from, int to)
    {
        double sum = 0;
        foreach (float value in sorted[from..to])
            sum += value;
        return sum / (to - from);
    }

    private static int[] Optimum(SquaredErrors sums, int[] borders, int clusters)
    {
        int points = borders.Length - 1;
        double[] errors = new double[points + 1];
        double[] next = new double[points + 1];
        int[][] splits = new int[clusters][];
        for (int i = 1; i <= points; i++)
            errors[i] = sums.Error(0, borders[i]);
        splits[0] = new int[points + 1];
        for (int k = 1; k < clusters; k++)
        {
            splits[k] = new int[points + 1];
            FillRow(sums, borders, errors, next, splits[k], k + 1, points, k, points - 1);
            (errors, next) = (next, errors);
        }

        int[] ends = new int[clusters];
        int end = points;
        for (int k = clusters - 1; k >= 0; k--)
        {
            ends[k] = borders[end];
            end = splits[k][end];
        }
        return ends;
    }

    /// <summary>
    /// For every number of points in [low, high] the best start of the last cluster, known to lie in [from, to]: it moves
    /// up with the number of points, so the middle one bounds those on either side.
    /// </summary>
    private static void FillRow(SquaredErrors sums, int[] borders, double[] errors, double[] next, int[] splits, int low, int high,
        int from, int to)
    {
        if (low > high)
            return;
        int middle = low + (high - low) / 2;
        double best = double.PositiveInfinity;
        int bestStart = from;
        for (int start = from; start <= Math.Min(to, middle - 1); start++)
        {
            double error = errors[start] + sums.Error(borders[start], borders[middle]);
            if (error < best)
            {
                best = error;
                bestStart = start;
            }
        }
        next[middle] = best;
        splits[middle] = bestStart;
        FillRow(sums, borders, errors, next, splits, low, middle - 1, from, bestStart);
        FillRow(sums, borders, errors, next, splits, middle + 1, high, bestStart, to);
    }

    private static void Lloyd(ReadOnlySpan<float> sorted, SquaredErrors sums, int[] ends)
    {
        bool moved = true;
        for (int iteration = 0; iteration < MaxIterations && moved; iteration++)
        {
            moved = false;
            int start = 0;
            for (int k = 0; k + 1 < ends.Length; k++)
            {
                double middle = (sums.Mean(start, ends[k]) + sums.Mean(ends[k], ends[k + 1])) / 2;
                int end = start + 1 + CountBelow(sorted[(start + 1)..(ends[k + 1] - 1)], middle);
                moved |= end != ends[k];
                ends[k] = end;
                start = end;
            }
        }
    }

    private static int CountBelow(ReadOnlySpan<float> sorted, double limit)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (sorted[middle] < limit)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
