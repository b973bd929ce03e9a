using System.Buffers.Binary;
using System.IO.Compression;

namespace Weightless.Networks;

/// <summary>MNIST's images, as pixels / 255, and labels, from gzipped IDX files.</summary>
internal sealed record Mnist(float[] Pixels, byte[] Labels)
{
    public const int ImagePixels = 28 * 28;

    private const int ImageHeader = 16;
    private const int LabelHeader = 8;

    public int Count => Labels.Length;

    /// <param name="part">train or t10k.</param>
    public static Mnist Load(string folder, string part)
    {
        byte[] images = Inflate(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"));
        byte[] labels = Inflate(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"));
        int count = BinaryPrimitives.ReadInt32BigEndian(images.AsSpan(sizeof(int)));
        return new Mnist([.. images.AsSpan(ImageHeader, count * ImagePixels).ToArray().Select(pixel => pixel / 255f)],
            labels[LabelHeader..]);
    }

    public Mnist Slice(int first, int count) =>
        new(Pixels[(first * ImagePixels)..((first + count) * ImagePixels)], Labels[first..(first + count)]);

    /// <summary>The share of images, in percent, whose largest score is not that of their label.</summary>
    public double Error(ReadOnlySpan<float> scores)
    {
        int classes = scores.Length / Count;
        int wrong = 0;
        for (int image = 0; image < Count; image++)
        {
            ReadOnlySpan<float> row = scores.Slice(image * classes, classes);
            int best = 0;
            for (int i = 1; i < classes; i++)
                best = row[i] > row[best] ? i : best;
            wrong += best == Labels[image] ? 0 : 1;
        }
        return 100.0 * wrong / Count;
    }

    private static byte[] Inflate(string path)
    {
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
