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

        // Each level's list holds the leaves and the pairs of the level below; an item is the symbols in it.
        List<(long Weight, int[] Symbols)> level = [];
        for (int i = 0; i < maxLength; i++)
        {
            List<(long Weight, int[] Symbols)> packages = [];
            for (int j = 0; j + 1 < level.Count; j += 2)
                packages.Add((level[j].Weight + level[j + 1].Weight, [.. level[j].Symbols, .. level[j + 1].Symbols]));
            level = Merge(leaves, packages);
        }
        foreach ((_, int[] symbols) in level.Take(2 * leaves.Count - 2))
        {
            foreach (int symbol in symbols)
                lengths[symbol]++;
        }
        return lengths;
    }

    private static List<(long Weight, int[] Symbols)> Merge(List<(long Weight, int Symbol)> leaves,
        List<(long Weight, int[] Symbols)> packages)
    {
        List<(long Weight, int[] Symbols)> merged = new(leaves.Count + packages.Count);
        int next = 0;
        foreach ((long weight, int symbol) in leaves)
        {
            while (next < packages.Count && packages[next].Weight < weight)
                merged.Add(packages[next++]);
            merged.Add((weight, [symbol]));
        }
        merged.AddRange(packages.Skip(next));
        return merged;
    }
}
