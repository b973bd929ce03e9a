using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Quantization;

/// <summary>
/// A tensor as the codecs see it: an id for every weight, row by row, 0 for a zero weight and 1..K for a centroid.
/// </summary>
/// <param name="Type">The type of the elements; <paramref name="Centroids"/> holds their bits.</param>
/// <param name="Shape">The dimensions; rows is the first, columns the product of the others.</param>
/// <param name="Ids">rows x columns ids.</param>
/// <param name="Centroids">K centroids in ascending order of their values, K at most 255.</param>
public sealed record ClusteredTensor(string Name, ElementType Type, IReadOnlyList<long> Shape, byte[] Ids, uint[] Centroids)
{
    /// <summary>The number of non-zero ids.</summary>
    public long Nonzeros { get; } = Ids.Length - Ids.AsSpan().Count((byte)0);

    public int Clusters => Centroids.Length;

    /// <summary>The first dimension; 1 for a scalar.</summary>
    public long Rows => Shape.Count == 0 ? 1 : Shape[0];

    /// <summary>The product of all dimensions but the first; the weights are rows x columns.</summary>
    public long Columns => Shape.Skip(1).Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Whether the centroids are f32 numbers that an f16 holds, to be written as such.</summary>
    public bool HalfCodebook { get; private init; }

    internal ElementType CodebookType => HalfCodebook ? ElementType.F16 : Type;

    /// <summary>A tensor of i8: every value but 0 is a centroid.</summary>
    public static ClusteredTensor OfIntegers(string name, IReadOnlyList<long> shape, ReadOnlySpan<sbyte> integers)
    {
        bool[] occurs = new bool[256];
        foreach (sbyte integer in integers)
            occurs[integer - sbyte.MinValue] = true;
        List<uint> centroids = [];
        byte[] idOf = new byte[256];
        for (int value = sbyte.MinValue; value <= sbyte.MaxValue; value++)
        {
            if (value == 0 || !occurs[value - sbyte.MinValue])
                continue;
            centroids.Add((byte)value);
            idOf[value - sbyte.MinValue] = (byte)centroids.Count;
        }
        byte[] ids = new byte[integers.Length];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = idOf[integers[i] - sbyte.MinValue];
        return new ClusteredTensor(name, ElementType.I8, shape, ids, [.. centroids]);
    }

    /// <summary>
    /// The tensor with its f32 centroids rounded to f16; itself if it has none, or if one would become zero or infinite.
    /// </summary>
    public ClusteredTensor WithHalfCodebook()
    {
        if (Type != ElementType.F32 || HalfCodebook || Clusters == 0)
            return this;
        uint[] rounded = new uint[Clusters];
        for (int i = 0; i < rounded.Length; i++)
        {
            rounded[i] = Palette.Convert(Palette.Convert(Centroids[i], ElementType.F32, ElementType.F16), ElementType.F16, ElementType.F32);
            if ((rounded[i] & 0x7fffffff) is 0 or >= 0x7f800000)
                return this;
        }
        return this with { Centroids = rounded, HalfCodebook = true };
    }

    /// <summary>The tensor with a codebook of f16 if that changes no centroid; else itself.</summary>
    public ClusteredTensor WithSmallestCodebook()
    {
        ClusteredTensor half = WithHalfCodebook();
        return half.Centroids.AsSpan().SequenceEqual(Centroids) ? half : this;
    }

    /// <summary>The index of the first non-zero at or after <paramref name="from"/>; the length if there is none.</summary>
    internal int NextNonzero(int from)
    {
        int found = Ids.AsSpan(from).IndexOfAnyExcept((byte)0);
        return found < 0 ? Ids.Length : from + found;
    }
}
