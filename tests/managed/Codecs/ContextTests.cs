using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

public class ContextTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_layer_comes_back(int strength)
    {
        RandomLayers.Any.Sample(layer =>
        {
            using WlsFile file = Write(Encoded.ByContext(layer, strength));
            file.Verify();
            Assert.Equal(layer.Ids, file.Tensors[0].Decode(ElementType.Id8));
            Assert.Equal(layer.Nonzeros, file.Tensors[0].Nonzeros);
        }, iter: 200);
    }

    /// <summary>Rows wider than the columns that have a state of their own, kernels, images, single rows and columns.</summary>
    [Theory]
    [InlineData(1, new long[] { 1, 40000 })]
    [InlineData(9, new long[] { 3, 17000 })]
    [InlineData(9, new long[] { 2, 70000 })]
    [InlineData(5, new long[] { 70000, 1 })]
    [InlineData(9, new long[] { 20, 16, 5, 5 })]
    [InlineData(9, new long[] { 10, 3, 32, 32 })]
    [InlineData(9, new long[] { 30, 784 })]
    [InlineData(9, new long[] { })]
    public void Any_shape_comes_back(int strength, long[] shape)
    {
        long weights = shape.Aggregate(1L, (product, dimension) => product * dimension);
        foreach ((int clusters, double density) in new[] { (1, 0.02), (9, 0.1), (18, 0.3), (255, 0.9) })
        {
            ClusteredTensor flat = RandomLayers.Make(1, (int)weights, clusters, density, seed: clusters);
            ClusteredTensor layer = flat with { Shape = shape };
            using WlsFile file = Write(Encoded.ByContext(layer, strength));
            Assert.Equal(layer.Ids, file.Tensors[0].Decode(ElementType.Id8));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void Bands_of_rows_are_slices_of_the_whole(int strength)
    {
        Gen.Select(RandomLayers.Any, Gen.Int).Sample((layer, seed) =>
        {
            using WlsFile file = Write(Encoded.ByContext(layer, strength));
            RoundTripTests.CheckBands(file.Tensors[0], seed);
        }, iter: 100);
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public void Weights_are_the_centroids_of_their_ids(ElementType type)
    {
        foreach (double density in new[] { 0.02, 0.3, 1 })
        {
            ClusteredTensor layer = RandomLayers.Make(17, 23, 150, density, seed: 5, type);
            using WlsFile file = Write(Encoded.ByContext(layer));
            RoundTripTests.CheckWeights(layer, file.Tensors[0]);
        }
    }

    [Fact]
    public void A_half_codebook_gives_rounded_centroids()
    {
        ClusteredTensor layer = RandomLayers.Make(17, 23, 12, 0.3, seed: 5);
        layer = layer with { Centroids = [.. layer.Centroids.Select(bits => bits + 12345)] };
        ClusteredTensor half = layer.WithHalfCodebook();
        Assert.NotEqual(layer.Centroids, half.Centroids);
        foreach (EncodedTensor encoded in new[] { Encoded.ByContext(half), Encoded.By(half, Method.Csr, Coder.None) })
        {
            using WlsFile file = Write(encoded);
            RoundTripTests.CheckWeights(half, file.Tensors[0]);
        }
        Assert.True(Encoded.ByContext(half).Bytes <= Encoded.ByContext(layer).Bytes - 12);
        // An f16 would make this one infinite.
        ClusteredTensor large = layer with { Centroids = [.. layer.Centroids[..^1], 0x7f000000] };
        Assert.False(large.WithHalfCodebook().HalfCodebook);
    }

    /// <summary>Where nothing is left to read, a band far down starts at once: only live rows count.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Full_rows_between_dead_ones_decode_from_any_row(int strength)
    {
        byte[] ids = [.. Enumerable.Range(0, 600 * 16).Select(i => (byte)(i / 16 % 3 == 0 ? 1 : 0))];
        ClusteredTensor layer = new("layer", ElementType.F32, [600, 16], ids, [0x3f800000]);
        using WlsFile file = Write(Encoded.ByContext(layer, strength));
        BandReader bands = new(file.Tensors[0], ElementType.Id8);
        foreach (int row in new[] { 599, 597, 300, 301, 0 })
            Assert.Equal(ids[(row * 16)..((row + 1) * 16)], bands.Read(row, 1));
    }

    [Fact]
    public void A_codebook_that_f16_holds_is_written_as_f16()
    {
        ClusteredTensor layer = RandomLayers.Make(17, 23, 12, 0.3, seed: 5);
        ClusteredTensor rounded = layer with { Centroids = layer.WithHalfCodebook().Centroids };
        ClusteredTensor smallest = rounded.WithSmallestCodebook();
        Assert.True(smallest.HalfCodebook);
        Assert.Equal(rounded.Centroids, smallest.Centroids);
        Assert.Equal(Encoded.By(rounded, Method.Csr, Coder.None).Bytes - 24,
            Encoded.By(smallest, Method.Csr, Coder.None).Bytes);

        rounded.Centroids[7]++;
        Assert.Same(rounded, rounded.WithSmallestCodebook());
    }

    [Theory]
    [InlineData(ElementType.I8, 0)]
    [InlineData(ElementType.I8, 19)]
    [InlineData(ElementType.U8, 0)]
    [InlineData(ElementType.U8, 128)]
    [InlineData(ElementType.U8, 255)]
    public void Integers_about_any_centre_come_back(ElementType type, int centre)
    {
        Random random = new(centre);
        foreach (double spread in new[] { 2.0, 9.0, 1000.0 })
        {
            byte[] data = [.. Enumerable.Range(0, 64 * 64).Select(_ => (byte)(centre + (int)(spread * (random.NextDouble() - random.NextDouble()))))];
            Tensor tensor = new("layer", type, [64, 64], data);
            ClusteredTensor? layer = Clusterer.TryCluster(tensor, null, null, out _);
            Assert.NotNull(layer);
            EncodedTensor encoded = Encoded.ByContext(layer, strength: 9);
            using WlsFile file = Write(encoded);
            Assert.Equal(data, file.Tensors[0].Decode(type));
        }
    }

    /// <summary>The same bytes for values about a zero point as about zero.</summary>
    [Fact]
    public void A_zero_point_costs_nothing()
    {
        sbyte[] values = Laplace(128, 128, scale: 3, zeroed: 0.5, seed: 1);
        byte[] signed = [.. values.Select(value => (byte)value)];
        byte[] unsigned = [.. values.Select(value => (byte)(value + 128))];
        long expected = Encode(ElementType.I8, 128, signed).Bytes;
        Assert.InRange(Encode(ElementType.U8, 128, unsigned).Bytes, expected - 8, expected + 8);
    }

    [Theory]
    [InlineData(0.0, 1.02)]
    [InlineData(0.9, 1.03)]
    public void Int8_comes_near_its_entropy(double zeroed, double factor)
    {
        byte[] values = [.. Laplace(1024, 1024, scale: 6, zeroed, seed: 4).Select(value => (byte)value)];
        EncodedTensor encoded = Encode(ElementType.I8, 1024, values);
        double entropy = values.GroupBy(value => value).Sum(group => group.Count() * Math.Log2((double)values.Length / group.Count())) / 8;
        Assert.InRange(encoded.Bytes, entropy, entropy * factor);
        using WlsFile file = Write(encoded);
        Assert.Equal(values, file.Tensors[0].Decode(ElementType.I8));
    }

    [Fact]
    public void A_sparse_bias_is_little_more_than_its_values()
    {
        Random random = new(8);
        float[] bias = new float[300];
        for (int i = 0; i < 30; i++)
            bias[random.Next(300)] = (float)(random.NextDouble() - 0.5);
        byte[] data = new byte[1200];
        Buffer.BlockCopy(bias, 0, data, 0, data.Length);
        ClusteredTensor? layer = Clusterer.TryCluster(new Tensor("bias", ElementType.F32, [300], data), null, null, out _);
        EncodedTensor encoded = Encoded.ByContext(layer!);
        Assert.InRange(encoded.Section.Length, 1, 4 * layer!.Clusters + 20);
        using WlsFile file = Write(encoded);
        Assert.Equal(data, file.Tensors[0].Decode(ElementType.F32));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_parent_makes_the_column_mask_cheap(int columnsPerRow)
    {
        Random random = new(3);
        bool[] alive = [.. Enumerable.Range(0, 400).Select(_ => random.Next(4) == 0)];
        ClusteredTensor parent = RandomLayers.Make(400, 60, 5, 0.2, seed: 1) with { Name = "parent" };
        for (int i = 0; i < parent.Ids.Length; i++)
            parent.Ids[i] = alive[i / 60] ? parent.Ids[i] : (byte)0;
        ClusteredTensor child = RandomLayers.Make(50, 400 * columnsPerRow, 5, 0.2, seed: 2);
        for (int i = 0; i < child.Ids.Length; i++)
            child.Ids[i] = alive[i % (400 * columnsPerRow) / columnsPerRow] ? child.Ids[i] : (byte)0;
        parent = new ClusteredTensor("parent", parent.Type, parent.Shape, parent.Ids, parent.Centroids);
        child = new ClusteredTensor("child", child.Type, child.Shape, child.Ids, child.Centroids);

        EncodedTensor first = Encoded.ByContext(parent);
        EncodedTensor alone = Encoded.ByContext(child);
        EncodedTensor second = Encoded.ByContext(child, earlier: [first]);
        Assert.InRange(second.Bytes, 1, alone.Bytes - 25);
        using WlsFile file = Write(first, second);
        file.Verify();
        Assert.Equal(child.Ids, file.Tensors[1].Decode(ElementType.Id8));
        RoundTripTests.CheckBands(file.Tensors[1], seed: 1);

        // The section alone says too little.
        Assert.Throws<ModelFormatException>(() => Write(second));
    }

    /// <summary>wl_verify goes to a parent from a mark on its way, not from the first entry.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(700)]
    [InlineData(1023)]
    public void A_parent_is_found_behind_many_tensors(int index)
    {
        byte[] parent = [3, 0x09, 9, 0];
        byte[] noMask = [3, 0x01, 9, 0];
        byte[] child = [3, 0x31, 9, .. index < 128 ? new[] { (byte)index } : [(byte)(index & 0x7f | 0x80), (byte)(index >> 7)], 0];
        IEnumerable<EncodedTensor> tensors = Enumerable.Range(0, 1100)
            .Select(i => Raw($"{i}", [8, 8], i == index ? parent : i > index && i % 7 == 0 ? child : noMask));
        using WlsFile file = Write([.. tensors]);
        file.Verify();
    }

    [Fact]
    public void Parents_that_cannot_be_are_refused()
    {
        ClusteredTensor layer = RandomLayers.Make(8, 6, 3, 0.5, seed: 1);
        byte[] palette = [3, 0x39, (byte)layer.Nonzeros];
        // Mode mixed with both masks; the parent is itself, a later tensor, none, one too far, or one without a row mask.
        foreach (byte[] parent in new byte[][] { [1], [2], [9], [0xff, 0x7f], [0] })
        {
            EncodedTensor[] tensors = [Raw("a", [8, 6], [3, 1, 9]), Raw("b", [8, 8], [.. palette, .. parent, .. new byte[99]]), Raw("c", [8, 8], [3, 0x09, 9])];
            Assert.Throws<ModelFormatException>(() => Write(tensors));
        }
        using WlsFile fine = Write(Raw("a", [8, 6], [3, 0x09, 9, .. new byte[9]]), Raw("b", [8, 8], [.. palette, 0, .. new byte[99]]));
    }

    [Theory]
    [InlineData(300, 784, 9, 0.02)]
    [InlineData(64, 25088, 9, 0.02)]
    [InlineData(3, 60000, 255, 0.5)]
    public void Memory_is_bounded_whatever_the_layer(int rows, int columns, int clusters, double density)
    {
        ClusteredTensor layer = RandomLayers.Make(rows, columns, clusters, density, seed: 3);
        using WlsFile file = Write(Encoded.ByContext(layer, strength: 9));
        Assert.InRange((long)file.Tensors[0].WorkspaceSize, 1, 600_000);
    }

    [Fact]
    public void An_entry_takes_at_most_20_bytes_beyond_its_name()
    {
        EncodedTensor encoded = Encoded.ByContext(RandomLayers.Make(300, 784, 9, 0.02, seed: 1) with { Name = "fc0.weight" });
        using WlsFile file = Write(encoded);
        Assert.InRange(file.Tensors[0].EncodedBytes - encoded.Section.Length - "fc0.weight".Length, 1, 20);
    }

    [Fact]
    public unsafe void Decoding_allocates_nothing()
    {
        foreach (int strength in new[] { 1, 9 })
        {
            ClusteredTensor layer = RandomLayers.Make(40, 49, 9, 0.1, seed: 2);
            using WlsFile file = Write(Encoded.ByContext(layer, strength));
            ZeroAllocationTests.Check(file.Tensors[0], layer.Ids.Length);
        }
    }

    internal static WlsFile Write(params EncodedTensor[] tensors)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, tensors);
        return WlsFile.Open(stream.ToArray());
    }

    /// <summary>A section as it is, under a right checksum.</summary>
    internal static EncodedTensor Raw(string name, long[] shape, byte[] section) =>
        new(name, ElementType.F32, shape, Method.Context, Coder.None, section);

    private static EncodedTensor Encode(ElementType type, long columns, byte[] values)
    {
        Tensor tensor = new("layer", type, [values.Length / columns, columns], values);
        return Encoded.ByContext(Clusterer.TryCluster(tensor, null, null, out _)!);
    }

    /// <summary>A discretised Laplace distribution, a share of it set to zero at random.</summary>
    private static sbyte[] Laplace(int rows, int columns, double scale, double zeroed, int seed)
    {
        Random random = new(seed);
        sbyte[] values = new sbyte[rows * columns];
        foreach (ref sbyte value in values.AsSpan())
        {
            double u = random.NextDouble() - 0.5;
            double x = -scale * Math.Sign(u) * Math.Log(1 - 2 * Math.Abs(u));
            value = random.NextDouble() < zeroed ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round(x), -127, 127);
        }
        return values;
    }
}
