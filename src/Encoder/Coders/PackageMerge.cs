namespace Weightless.Encoder.Coders;

/// <summary>Optimal prefix codes of bounded length (Larmore and Hirschberg 1990).</summary>
internal static class PackageMerge
{
    /// <summary>A code length for every symbol that occurs, 0 for the others; a lone symbol gets 1.</summary>
    public static byte[] CodeLengths(ReadOnlySpan<long> counts, int maxLength)
    {
        byte[] lengths = new byte[counts.Length];
        List<(long Weight, int Symbol)> leaves = [];
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
                leaves.Add((counts[i], i));
        }
        if (leaves.Count <= 1)
        {
            foreach ((_, int symbol) in leaves)
                lengths[symbol] = 1;
            return lengths;
        }
        leaves.Sort();

        // Each level's list merges the leaves with the pairs of the level below; of a list it is enough to know which are leaves.
        List<bool[]> levels = [];
        long[] level = [];
        for (int i = 0; i < maxLength; i++)
        {
            (level, bool[] isLeaf) = Merge(leaves, level);
            levels.Add(isLeaf);
        }
        int taken = 2 * leaves.Count - 2;
        for (int i = maxLength - 1; i >= 0; i--)
        {
            int fromLeaves = levels[i].AsSpan(0, taken).Count(true);
            foreach ((_, int symbol) in leaves.Take(fromLeaves))
                lengths[symbol]++;
            taken = 2 * (taken - fromLeaves);
        }
        return lengths;
    }

    /// <summary>The weights of leaves and pairs, ascending, and which of them are leaves.</summary>
    private static (long[] Weights, bool[] IsLeaf) Merge(List<(long Weight, int Symbol)> leaves, long[] below)
    {
        int pairs = below.Length / 2;
        long[] weights = new long[leaves.Count + pairs];
        bool[] isLeaf = new bool[weights.Length];
        int leaf = 0;
        int pair = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            isLeaf[i] = pair == pairs || leaf < leaves.Count && leaves[leaf].Weight <= below[2 * pair] + below[2 * pair + 1];
            weights[i] = isLeaf[i] ? leaves[leaf++].Weight : below[2 * pair] + below[2 * pair++ + 1];
        }
        return (weights, isLeaf);
    }
}
