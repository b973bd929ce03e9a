namespace Weightless.Encoder.Quantization;

/// <summary>
/// Many sorted values as few groups of neighbours, none with a squared error above a limit, and the limit the smallest for that
/// number of groups. The clusters of an optimal quantiser have nearly equal errors (Panter and Dite 1951), so that these groups
/// are fine where clusters will be: an outlier is a group of its own, where groups of equal numbers would bury it among ordinary
/// values, and no later step could take it out again.
/// </summary>
internal static class EqualErrorGroups
{
    // Halvings of the logarithm of the limit, of about 100 binary orders at first: then it is known to 1 %.
    private const int Steps = 13;
    private const int Orders = 100;

    /// <summary>The borders of at most <paramref name="most"/> groups, 0 and the number of values among them, ascending.</summary>
    public static int[] Borders(SquaredErrors sums, int most)
    {
        // With the whole error allowed there is one group.
        double high = Math.Log2(Math.Max(sums.Error(0, sums.Count), double.Epsilon));
        double low = high - Orders;
        List<int> best = [0, sums.Count];
        for (int step = 0; step < Steps; step++)
        {
            double middle = (low + high) / 2;
            if (TryGroup(sums, Math.Pow(2, middle), most) is { } borders)
            {
                best = borders;
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
        return [.. best];
    }

    /// <summary>Groups from the lowest value up, each as long as its error allows; null if they are too many.</summary>
    private static List<int>? TryGroup(SquaredErrors sums, double limit, int most)
    {
        List<int> borders = [0];
        for (int start = 0; start < sums.Count;)
        {
            if (borders.Count > most)
                return null;
            start = LongestWithin(sums, start, limit);
            borders.Add(start);
        }
        return borders;
    }

    /// <summary>Where the longest group from a value ends: its length is doubled until it is too long, then bisected.</summary>
    private static int LongestWithin(SquaredErrors sums, int start, double limit)
    {
        int good = 1;
        int bad = sums.Count - start + 1;
        for (int length = 2; length < bad; length *= 2)
            Try(length);
        while (bad - good > 1)
            Try(good + (bad - good) / 2);
        return start + good;

        void Try(int length)
        {
            if (sums.Error(start, start + length) <= limit)
                good = length;
            else
                bad = length;
        }
    }
}
