using Weightless.NativeDecoder.Codecs.Context;

namespace Weightless.Encoder.Codecs.Context;

/// <summary>The periods that are worth a try for a tensor.</summary>
internal static class ContextPeriods
{
    /// <summary>Widths that an input image, or a kernel, of the layer may have; and 0.</summary>
    /// <param name="isExhaustive">Whether images may have any number of channels.</param>
    public static SortedSet<int> Of(IReadOnlyList<long> shape, bool isExhaustive)
    {
        SortedSet<int> periods = [0];
        long columns = shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        if (shape.Count >= 3)
        {
            Add(shape[^1]);
            Add(shape[^1] * shape[^2]);
        }
        // Square images of one channel, of three, and of any number.
        for (int width = 4; (long)width * width <= columns; width++)
        {
            long channels = columns / (width * width);
            if (channels * width * width != columns || !isExhaustive && channels is not (1 or 3))
                continue;
            Add(width);
            if (isExhaustive)
                Add(width * channels);
        }
        return periods;

        void Add(long period)
        {
            if (period > 1 && period < Math.Min(columns, ContextHeader.MaxPeriod))
                periods.Add((int)period);
        }
    }
}
