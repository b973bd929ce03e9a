namespace Weightless.Encoder.Quantization;

/// <summary>
/// Magnitude pruning (Han et al. 2015): keeps the largest weights. Of equal ones at the threshold the first stay, so that
/// the density is met exactly.
/// </summary>
internal struct MagnitudePruning
{
    private uint _threshold;
    private long _tiesLeft;

    /// <summary>Keeps everything.</summary>
    public static MagnitudePruning None => new() { _tiesLeft = long.MaxValue };

    /// <summary>Keeps <paramref name="density"/> (0..1) of all weights, zeros counted, or all non-zeros if they are fewer.</summary>
    public static MagnitudePruning ToDensity(Weights weights, double density)
    {
        long keep = Keep(weights.Count, density);
        // The threshold's upper half from one count over all weights, its lower half from a second.
        long[] counts = new long[1 << 16];
        for (int i = 0; i < weights.Count; i++)
            counts[weights.Magnitude(weights[i]) >> 16]++;
        uint upper = Largest(counts, ref keep);
        Array.Clear(counts);
        for (int i = 0; i < weights.Count; i++)
        {
            uint magnitude = weights.Magnitude(weights[i]);
            if (magnitude >> 16 == upper)
                counts[magnitude & 0xffff]++;
        }
        uint lower = Largest(counts, ref keep);
        return new MagnitudePruning { _threshold = upper << 16 | lower, _tiesLeft = keep };
    }

    /// <summary>How many of so many weights a density keeps.</summary>
    public static long Keep(long count, double density) => (long)Math.Round(density * count);

    /// <summary>Whether the next weight, in index order, stays.</summary>
    public bool Keeps(uint magnitude) => magnitude > _threshold || magnitude == _threshold && _tiesLeft-- > 0;

    /// <summary>The bin that holds number <paramref name="keep"/> from above; leaves how many of that bin belong.</summary>
    private static uint Largest(long[] counts, ref long keep)
    {
        uint bin = (uint)counts.Length - 1;
        while (bin > 0 && counts[bin] < keep)
            keep -= counts[bin--];
        return bin;
    }
}
