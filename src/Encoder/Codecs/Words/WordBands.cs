using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Codecs.Words;

namespace Weightless.Encoder.Codecs.Words;

/// <summary>A layer's ids in bands, and each band in the parts that are streams.</summary>
internal sealed class WordBands(byte[] ids, int size, int step = 1)
{
    /// <summary>A power of two rows a band, or a row's equal part: most calls for rows begin where a band does.</summary>
    public static WordBands Of(ClusteredTensor tensor)
    {
        int columns = (int)Math.Max(tensor.Columns, 1);
        const int most = (int)WordsLayout.MaxBandWeights;
        int parts = (columns + most - 1) / most;
        int size = parts > 1 ? (columns + parts - 1) / parts : columns << System.Numerics.BitOperations.Log2((uint)(most / columns));
        return new WordBands(tensor.Ids, Math.Clamp(size, 1, Math.Max(tensor.Ids.Length, 1)));
    }

    /// <summary>Weights of each band but the last.</summary>
    public int Size => size;

    public int Count => (ids.Length + size - 1) / size;

    /// <summary>Evenly spread bands of about so many weights.</summary>
    public WordBands Sample(int weights) => new(ids, size, Math.Max(1, ids.Length / weights));

    /// <summary>The bands that are in the sample, or all.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> All()
    {
        for (int band = 0; band < Count; band += step)
            yield return ids.AsMemory(band * size, Math.Min(size, ids.Length - band * size));
    }

    /// <summary>The four parts of a band.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Streams(ReadOnlyMemory<byte> band)
    {
        int quarter = (band.Length + WordsRun.Streams - 1) / WordsRun.Streams;
        for (int s = 0; s < WordsRun.Streams; s++)
        {
            int start = Math.Min(s * quarter, band.Length);
            yield return band[start..Math.Min(start + quarter, band.Length)];
        }
    }

    /// <summary>How many weights there are for each one of the sample.</summary>
    public double Scale => ids.Length / (double)Math.Max(1, All().Sum(band => band.Length));

    /// <summary>How often each of so many ids occurs.</summary>
    public long[] CountIds(int count)
    {
        long[] counts = new long[count];
        foreach (ReadOnlyMemory<byte> band in All())
        {
            foreach (byte id in band.Span)
                counts[id]++;
        }
        return counts;
    }
}
