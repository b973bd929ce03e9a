using CsCheck;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

public class RoundTripTests
{
    [Theory]
    [MemberData(nameof(RandomLayers.Systems), MemberType = typeof(RandomLayers))]
    public void A_layer_comes_back(Method method, Coder coder)
    {
        RandomLayers.Any.Sample(layer =>
        {
            using WlsFile file = Encode(layer, method, coder);
            file.Verify();
            byte[] ids = file.Tensors[0].Decode(ElementType.Id8);
            for (int i = 0; i < ids.Length; i++)
            {
                if (ids[i] != layer.Ids[i] && (RandomLayers.IsExact(method) || layer.Ids[i] != 0))
                    Assert.Fail($"weight {i} is {ids[i]}, not {layer.Ids[i]}");
            }
        }, iter: 200);
    }

    [Theory]
    [MemberData(nameof(RandomLayers.Systems), MemberType = typeof(RandomLayers))]
    public void Bands_of_rows_are_slices_of_the_whole(Method method, Coder coder)
    {
        Gen.Select(RandomLayers.Any, Gen.Int).Sample((layer, seed) =>
        {
            using WlsFile file = Encode(layer, method, coder);
            CheckBands(file.Tensors[0], seed);
        }, iter: 100);
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public void Weights_are_the_centroids_of_their_ids(ElementType type)
    {
        ClusteredTensor layer = RandomLayers.Make(17, 23, 12, 0.3, seed: 5, type);
        foreach (Method method in RandomLayers.Methods)
        {
            using WlsFile file = Encode(layer, method, Coder.None);
            CheckWeights(layer, file.Tensors[0]);
        }
    }

    [Theory]
    [InlineData(Method.Dense)]
    [InlineData(Method.Csr)]
    public void An_integer_tensor_with_all_256_values_comes_back(Method method)
    {
        byte[] ids = [.. Enumerable.Range(0, 1024).Select(i => (byte)(i * 7))];
        uint[] values = [.. Enumerable.Range(-127, 255).Select(i => (uint)(byte)i)];
        ClusteredTensor layer = new("layer", ElementType.I8, [32, 32], ids, values);
        foreach (Coder coder in RandomLayers.CodersOf(method))
        {
            using WlsFile file = Encode(layer, method, coder);
            byte[] expected = [.. ids.Select(id => id == 0 ? (byte)0 : (byte)values[id - 1])];
            Assert.Equal(expected, file.Tensors[0].Decode(ElementType.I8));
        }
    }

    /// <summary>Ids without a coder are sought by their place, which may lie behind a section's end.</summary>
    [Fact]
    public unsafe void A_band_behind_the_end_of_a_section_is_damage()
    {
        ClusteredTensor layer = RandomLayers.Make(40, 64, 3, 1, seed: 1);
        byte[] section = Encoded.By(layer, Method.Dense, Coder.None).Section.ToArray();
        EncodedTensor half = new("t", layer.Type, layer.Shape, Method.Dense, Coder.None, section.AsMemory(0, section.Length / 2));
        MemoryStream stream = new();
        WlsWriter.Write(stream, [half]);
        using WlsFile file = WlsFile.Open(stream.ToArray());
        byte* row = stackalloc byte[64];
        Status Read(ulong number) => file.Tensors[0].DecodeRows(ElementType.Id8, number, 1, row, 64, null, 0);
        Assert.Equal(Status.Ok, Read(10));
        Assert.Equal(layer.Ids[640..704], new ReadOnlySpan<byte>(row, 64).ToArray());
        Assert.Equal(Status.Corrupt, Read(30));
        Assert.Equal(Status.Corrupt, Read(39));
    }

    [Fact]
    public void Arithmetic_coding_comes_near_the_entropy()
    {
        ClusteredTensor layer = RandomLayers.Make(500, 400, 8, 0.05, seed: 1);
        double p = layer.Nonzeros / 200_000.0;
        double entropy = 200_000 * (-p * Math.Log2(p) - (1 - p) * Math.Log2(1 - p) + p * 3) / 8;
        foreach (Method method in new[] { Method.Dense, Method.Csr })
        {
            EncodedTensor encoded = Encoded.By(layer, method, Coder.Arithmetic);
            Assert.InRange(encoded.Section.Length, entropy, entropy * 1.02 + 40);
        }
    }

    /// <summary>Reads a tensor in bands, in order and out of it, with a workspace that is written to now and then.</summary>
    internal static void CheckBands(WlsTensor tensor, int seed)
    {
        byte[] whole = tensor.Decode(ElementType.Id8);
        BandReader bands = new(tensor, ElementType.Id8);
        Random random = new(seed);
        long row = 0;
        while (row < tensor.Rows)
        {
            long count = random.Next(1, 8);
            count = Math.Min(count, tensor.Rows - row);
            Assert.Equal(whole[(int)(row * tensor.Columns)..(int)((row + count) * tensor.Columns)], bands.Read(row, count));
            // Now and then a band out of order, and a scribble into what the decoder has left there.
            if (random.Next(4) == 0)
                bands.Scribble(random.Next());
            row = random.Next(6) == 0 ? random.NextInt64(tensor.Rows) : row + count;
        }
    }

    /// <summary>Every float output against ids and codebook.</summary>
    internal static void CheckWeights(ClusteredTensor layer, WlsTensor tensor)
    {
        byte[] ids = tensor.Decode(ElementType.Id8);
        foreach (ElementType output in new[] { ElementType.F32, ElementType.F16, ElementType.BF16 })
        {
            byte[] weights = tensor.Decode(output);
            int size = ElementTypes.Size(output);
            for (int i = 0; i < ids.Length; i++)
            {
                uint expected = ids[i] == 0 ? 0 : Palette.Convert(layer.Centroids[ids[i] - 1], layer.Type, output);
                uint actual = size == 4 ? BitConverter.ToUInt32(weights, 4 * i) : BitConverter.ToUInt16(weights, 2 * i);
                Assert.Equal(expected, actual);
            }
        }
    }

    internal static WlsFile Encode(ClusteredTensor layer, Method method, Coder coder)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, [Encoded.By(layer, method, coder)]);
        return WlsFile.Open(stream.ToArray());
    }
}
