using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Synthesis;

/// <summary>A pruned and clustered layer without structure: non-zeros at random places, each of a random centroid.</summary>
public static class SyntheticLayer
{
    public const string TensorName = "weight";

    private const int BandWeights = 1 << 18;

    /// <summary>A layer with exactly round(density * rows * columns) non-zeros, determined by its seed.</summary>
    /// <param name="wrote">Is told how many weights went out since it was last called.</param>
    public static TensorSource Create(long rows, long columns, double density, int clusters, ulong seed,
        Action<int>? wrote = null)
    {
        return new TensorSource(TensorName, ElementType.F32, [rows, columns],
            stream => Write(stream, rows * columns, density, clusters, seed, wrote));
    }

    private static void Write(Stream stream, long weights, double density, int clusters, ulong seed, Action<int>? wrote)
    {
        SplitMix64 random = new(seed);
        float[] centroids = DrawCentroids(clusters, ref random);
        float[] band = new float[Math.Min(weights, BandWeights)];
        // Selection sampling (Knuth, algorithm S): a place is taken with the share of places that still have to be.
        ulong wanted = (ulong)Math.Round(density * weights);
        ulong left = (ulong)weights;
        while (left > 0)
        {
            Span<float> part = band.AsSpan(0, (int)Math.Min(left, BandWeights));
            part.Clear();
            foreach (ref float weight in part)
            {
                if (random.Below(left--) >= wanted)
                    continue;
                weight = centroids[random.Below((ulong)centroids.Length)];
                wanted--;
            }
            stream.Write(MemoryMarshal.AsBytes(part));
            wrote?.Invoke(part.Length);
        }
    }

    /// <summary>Distinct multiples of 2^-20 in [-1, 1] but 0: floats hold them exactly.</summary>
    private static float[] DrawCentroids(int count, ref SplitMix64 random)
    {
        const int steps = 1 << 20;
        HashSet<float> centroids = [];
        while (centroids.Count < count)
        {
            float magnitude = (1 + random.Below(steps)) / (float)steps;
            centroids.Add(random.Below(2) == 0 ? magnitude : -magnitude);
        }
        return [.. centroids];
    }
}
