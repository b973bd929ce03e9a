using System.Globalization;
using Weightless.Encoder;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Codecs.Exponent;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Seeds;

/// <summary>Files that every reader must take, but that no training run would make.</summary>
internal static class ValidFiles
{
    private static readonly Method[] s_methods =
        [.. Methods.All.ToArray().Where(facts => facts.CodesIds).Select(facts => facts.Method)];

    private static readonly ElementType[] s_types =
        [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.I8, ElementType.U8];

    private static readonly long[][] s_shapes =
    [
        [], [1], [7], [64], [1, 1], [1, 200], [130, 1], [0], [0, 5], [5, 0], [3, 0, 4], [9, 16], [16, 49], [5, 3, 3, 3], [2, 64], [3, 65],
        [4, 128], [2, 2, 2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 90], [20, 25], [33, 31], [6, 1, 10, 2],
    ];

    private static readonly int[] s_clusters = [1, 2, 3, 4, 9, 15, 16, 17, 40, 255];
    private static readonly double[] s_densities = [0, 0.01, 0.05, 0.2, 0.5, 0.95, 1];

    public static IEnumerable<IReadOnlyList<EncodedTensor>> All(Random random)
    {
        yield return [];
        foreach (Method method in s_methods)
        {
            foreach (Coder coder in CodersOf(method))
            {
                foreach (ElementType type in s_types)
                {
                    for (int i = 0; i < 4; i++)
                        yield return [Encode(Layer(random, "w", type), method, coder, random)];
                }
            }
        }
        foreach (ElementType type in Enum.GetValues<ElementType>().Where(type => type != ElementType.Id8))
            yield return [Store(random, "s", type, s_shapes[random.Next(s_shapes.Length)]), Store(random, "t", type, [3])];
        foreach (ElementType type in s_types.Where(ElementTypes.IsFloat))
        {
            for (int i = 0; i < 4; i++)
                yield return [Exponents(random, "e", type, s_shapes[random.Next(s_shapes.Length)])];
        }
        for (int i = 0; i < 40; i++)
            yield return Mixed(random, 1 + random.Next(4));
        for (int i = 0; i < 20; i++)
            yield return Network(random);
        foreach (int width in new[] { 4, 5, 7, 12 })
        {
            foreach (int clusters in new[] { 1, 2, 9, 40, 200 })
                yield return [Context(Image(random, 120 / width, width, clusters), strength: 9 - random.Next(5))];
        }
        yield return Mixed(random, 20);
        yield return [Store(random, new string('n', 300), ElementType.U8, [2]), Store(random, "", ElementType.F32, []), Store(random, "é/\n", ElementType.I64, [1])];
    }

    /// <summary>Too large to be mutated at any speed.</summary>
    public static IEnumerable<IReadOnlyList<EncodedTensor>> Large(Random random)
    {
        // More columns than a context model keeps apart, and more rows than it counts.
        yield return [Context(Layer(random, "w", ElementType.F32, [2, 17000], Sparse(random, 34000)), strength: 9)];
        yield return [Context(Layer(random, "w", ElementType.I8, [66000, 1], Sparse(random, 66000)), strength: 9)];
        yield return [Context(Layer(random, "w", ElementType.F32, [3, 17000], Sparse(random, 51000)), strength: 1)];
    }

    public static Coder[] CodersOf(Method method) => [.. Methods.Of(method).Coders];

    /// <summary>A layer of any shape, with any number of values.</summary>
    public static ClusteredTensor Layer(Random random, string name, ElementType type)
    {
        long[] shape = s_shapes[random.Next(s_shapes.Length)];
        int weights = (int)shape.Aggregate(1L, (product, dimension) => product * dimension);
        return Layer(random, name, type, shape, Weights(random, weights));
    }

    private static EncodedTensor Encode(ClusteredTensor layer, Method method, Coder coder, Random random)
    {
        if (random.Next(4) == 0)
            layer = layer.WithHalfCodebook();
        return Encoders.Encode(layer, new EncoderOptions
        {
            Method = method,
            Coder = coder,
            Strength = 1 + random.Next(EncoderOptions.MaxStrength),
            CellBits = random.Next(CellWidth.Smallest(layer.Clusters), Limits.MaxCellBits + 1),
            Seed = (ulong)random.NextInt64(),
        });
    }

    private static EncodedTensor Context(ClusteredTensor layer, int strength, IReadOnlyList<EncodedTensor>? earlier = null) =>
        Encoders.Encode(layer, new EncoderOptions { Method = Method.Context, Strength = strength }, earlier);

    public static List<EncodedTensor> Mixed(Random random, int count)
    {
        List<EncodedTensor> tensors = [];
        for (int i = 0; i < count; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture);
            Method method = s_methods[random.Next(s_methods.Length)];
            Coder[] coders = CodersOf(method);
            ElementType type = s_types[random.Next(s_types.Length)];
            tensors.Add(random.Next(5) == 0
                ? Store(random, name, type, [random.Next(9)])
                : Encode(Layer(random, name, type), method, coders[random.Next(coders.Length)], random));
        }
        return tensors;
    }

    /// <summary>Layers that feed each other: dead rows of one are dead columns of the next; and a bias of distinct values.</summary>
    private static List<EncodedTensor> Network(Random random)
    {
        List<EncodedTensor> tensors = [];
        int inputs = 4 * random.Next(1, 10);
        bool[] isAlive = Alive(random, inputs);
        for (int i = 0; i < 3; i++)
        {
            int outputs = random.Next(1, 20);
            bool[] isNext = Alive(random, outputs);
            byte[] ids = Weights(random, outputs * inputs);
            for (int j = 0; j < ids.Length; j++)
                ids[j] = isNext[j / inputs] && isAlive[j % inputs] ? ids[j] : (byte)0;
            ClusteredTensor layer = Layer(random, FormattableString.Invariant($"l{i}"), ElementType.F32, [outputs, inputs], ids);
            tensors.Add(Context(layer, 1 + random.Next(9), tensors));
            byte[] distinct = [.. Enumerable.Range(0, outputs).Select(j => isNext[j] ? (byte)(j + 1) : (byte)0)];
            tensors.Add(Context(Layer(random, FormattableString.Invariant($"b{i}"), ElementType.F32, [outputs], distinct), 9, tensors));
            (inputs, isAlive) = (outputs, isNext);
        }
        return tensors;
    }

    /// <summary>Rows of square images with a blob in the middle, positive on one side: what mixed contexts are for.</summary>
    private static ClusteredTensor Image(Random random, int rows, int width, int clusters)
    {
        byte[] ids = new byte[rows * width * width];
        for (int i = 0; i < ids.Length; i++)
        {
            int x = i % width, y = i / width % width;
            bool isInside = Math.Abs(2 * x - width) + Math.Abs(2 * y - width) <= width;
            int half = Math.Max(1, clusters / 2);
            if (isInside && random.Next(8) != 0)
                ids[i] = (byte)(1 + (x < width / 2 || clusters == 1 ? random.Next(half) : half + random.Next(clusters - half)));
        }
        return Layer(random, "i", ElementType.F32, [rows, width * width], ids);
    }

    private static byte[] Sparse(Random random, int count)
    {
        byte[] ids = new byte[count];
        for (int i = 0; i < 200; i++)
            ids[random.Next(count)] = (byte)random.Next(1, 5);
        return ids;
    }

    private static bool[] Alive(Random random, int count)
    {
        int share = random.Next(1, 5);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(4) < share)];
    }

    private static byte[] Weights(Random random, int count)
    {
        int clusters = s_clusters[random.Next(s_clusters.Length)];
        double density = s_densities[random.Next(s_densities.Length)];
        byte[] ids = new byte[count];
        foreach (ref byte id in ids.AsSpan())
            id = random.NextDouble() < density ? (byte)random.Next(1, clusters + 1) : (byte)0;
        return ids;
    }

    /// <summary>Centroids are ascending; of floats the last may be infinite.</summary>
    private static ClusteredTensor Layer(Random random, string name, ElementType type, long[] shape, byte[] ids)
    {
        int clusters = ids.Length == 0 ? 0 : ids.Max();
        uint[] centroids = new uint[clusters];
        bool isInteger = type is ElementType.I8 or ElementType.U8;
        float first = type == ElementType.U8 ? 1 : -clusters / 2;
        float step = isInteger ? 1 : random.Next(3) switch { 0 => 1, 1 => 0.5f, _ => 0.37f };
        for (int i = 0; i < clusters; i++)
        {
            float value = first + i * step;
            // Zero is no centroid.
            value = value >= 0 && type != ElementType.U8 ? value + step : value;
            centroids[i] = isInteger
                ? (byte)(int)value
                : Palette.Convert(BitConverter.SingleToUInt32Bits(value), ElementType.F32, type);
        }
        if (clusters > 0 && type == ElementType.F32 && random.Next(8) == 0)
            centroids[^1] = BitConverter.SingleToUInt32Bits(float.PositiveInfinity);
        return new ClusteredTensor(name, type, shape, ids, centroids);
    }

    /// <summary>Floats of a few exponents, or of any bits.</summary>
    private static EncodedTensor Exponents(Random random, string name, ElementType type, long[] shape)
    {
        byte[] data = Store(random, name, type, shape).Section.ToArray();
        int size = ElementTypes.Size(type);
        for (int i = size - 1; i < data.Length && random.Next(3) != 0; i += size)
            data[i] = (byte)(data[i] & 0x83 | 0x3c);
        return ExponentEncoder.TryEncode(new Tensor(name, type, shape, data))!;
    }

    private static EncodedTensor Store(Random random, string name, ElementType type, long[] shape)
    {
        byte[] data = new byte[shape.Aggregate(1L, (product, dimension) => product * dimension) * ElementTypes.Size(type)];
        random.NextBytes(data);
        return EncodedTensor.Store(new Tensor(name, type, shape, data));
    }
}
