using Weightless.Encoder;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;
using Weightless.Tests.Golden;
using Weightless.Tests.Models;

namespace Weightless.Tests;

public class EncodedTensorTests
{
    [Fact]
    public void A_method_takes_the_coders_it_has()
    {
        ClusteredTensor layer = RandomLayers.Make(5, 6, 3, 0.5, seed: 1);
        foreach (Coder coder in new[] { Coder.Huffman, Coder.Arithmetic })
            Assert.Throws<ArgumentOutOfRangeException>(() => Encoded.By(layer, Method.Coupled, coder));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoded.By(layer, (Method)Methods.All.Length, Coder.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoders.Encode(layer, new EncoderOptions()));
        EncodedTensor context = Encoded.By(layer, Method.Context, Coder.None);
        Assert.Equal(Encoded.ByContext(layer).Section.ToArray(), context.Section.ToArray());
    }

    /// <summary>A method is found by its number in both tables, and its encoder in the folder of its name.</summary>
    [Fact]
    public void Every_method_has_its_encoder()
    {
        Assert.Equal(Methods.All.ToArray().Select(facts => facts.Method), Encoders.All.ToArray().Select(encoder => encoder.Method));
        foreach (IEncoder encoder in Encoders.All)
            Assert.Equal($"Weightless.Encoder.Codecs.{encoder.Method}", encoder.GetType().Namespace);
    }

    /// <summary>What encoding knows of a tensor is what its section says: the list that `encode` prints is made of the former.</summary>
    [Theory]
    [MemberData(nameof(RandomLayers.Systems), MemberType = typeof(RandomLayers))]
    public void Facts_are_those_of_the_section(Method method, Coder coder)
    {
        foreach (double density in new[] { 0, 0.3 })
        {
            EncodedTensor encoded = Encoded.By(RandomLayers.Make(30, 40, 5, density, seed: 2), method, coder);
            using WlsFile file = WlsFile.Of([Encoded.By(RandomLayers.Make(3, 3, 5, density, seed: 1) with { Name = "first" }, method, coder), encoded]);
            WlsTensor tensor = file.Tensors[1];
            Assert.Equal(tensor.Nonzeros, (long)encoded.Facts.Nonzeros);
            Assert.Equal(tensor.Clusters, encoded.Facts.Clusters);
            Assert.Equal(tensor.CellBits, encoded.Facts.CellBits);
            Assert.Equal(tensor.EncodedBytes, encoded.Bytes);
            Assert.Equal(tensor.CountFalsePositives(), encoded.CountFalsePositives());
        }
    }

    /// <summary>Clustered weights in full are what any exact method decodes to.</summary>
    [Fact]
    public void Stored_is_an_encoder_too()
    {
        ClusteredTensor layer = RandomLayers.Make(30, 40, 5, 0.3, seed: 2);
        using WlsFile file = WlsFile.Of([Encoded.By(layer, Method.Stored, Coder.None), Encoded.By(layer with { Name = "csr" }, Method.Csr, Coder.None)]);
        Assert.Equal(file.Tensors[1].Decode(layer.Type), file.Tensors[0].Decode(layer.Type));
    }

    [Fact]
    public void A_model_holds_no_ids_and_no_negative_dimensions()
    {
        Assert.Contains("element type", Message(ElementType.Id8, [1]), StringComparison.Ordinal);
        Assert.Contains("65 dimensions", Message(ElementType.F32, [.. Enumerable.Repeat(1L, 65)]), StringComparison.Ordinal);
        Assert.Contains("negative", Message(ElementType.F32, [2, -1]), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Tensor("t", ElementType.F32, [2], new byte[7]));

        static string Message(ElementType type, long[] shape) =>
            Assert.ThrowsAny<ModelException>(() => new Tensor("t", type, shape, new byte[1])).Message;
    }

    /// <summary>Decoding through arrays ends where they do; through the library it does not.</summary>
    [Fact]
    public void A_tensor_of_2_GiB_is_not_decoded_into_an_array()
    {
        EncodedTensor wide = new("wide", ElementType.U8, [1, 1L << 31], Method.Csr, Coder.None, new byte[] { 0, 0, 1 });
        EncodedTensor tall = new("tall", wide.Type, [1L << 31, 1], wide.Method, wide.Coder, wide.Section);
        using WlsFile file = WlsFile.Open(GoldenFiles.Bytes([wide, tall]));
        foreach (WlsTensor tensor in file.Tensors)
        {
            ModelLimitException e = Assert.Throws<ModelLimitException>(() => tensor.Decode(ElementType.U8));
            Assert.Contains("2 GiB", e.Message, StringComparison.Ordinal);
        }
        Assert.Throws<ModelLimitException>(() => file.Tensors[0].ForEachBand(ElementType.U8, (_, _) => Assert.Fail("a band")));
    }

    [Fact]
    public void A_file_of_2_GiB_is_not_read_into_a_span()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("m.wls", GoldenFiles.Bytes([]));
        using (FileStream stream = File.OpenWrite(path))
            stream.SetLength(1L << 31);
        Assert.Contains("2 GiB", Assert.Throws<ModelLimitException>(() => WlsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_codebook_is_halved_once_and_only_of_f32()
    {
        ClusteredTensor layer = RandomLayers.Make(5, 6, 3, 0.5, seed: 1);
        ClusteredTensor half = layer.WithHalfCodebook();
        Assert.True(half.HalfCodebook);
        Assert.Same(half, half.WithHalfCodebook());
        ClusteredTensor brain = RandomLayers.Make(5, 6, 3, 0.5, seed: 1, ElementType.BF16);
        Assert.Same(brain, brain.WithHalfCodebook());
        PreparedTensor prepared = ModelEncoder.Prepare(ModelTensor(), new EncoderOptions { HalfCodebook = true });
        Assert.True(prepared.Clustered!.HalfCodebook);
        EncoderOptions others = new() { HalfCodebook = true, Tensors = ["other"] };
        Assert.Null(ModelEncoder.Prepare(ModelTensor(), others).Clustered);
    }

    [Fact]
    public void Without_a_method_the_smallest_is_taken()
    {
        PreparedTensor prepared = ModelEncoder.Prepare(ModelTensor(), new EncoderOptions());
        EncodedTensor encoded = ModelEncoder.Encode(prepared, new EncoderOptions());
        Assert.Equal(MethodChooser.Choose(prepared, new EncoderOptions()).Encoded.Section.ToArray(), encoded.Section.ToArray());
        Assert.Equal(Method.Stored, ModelEncoder.Encode(prepared, new EncoderOptions { Method = Method.Stored }).Method);
    }

    /// <summary>No cell is wide enough for one false positive in a billion.</summary>
    [Fact]
    public void A_rate_that_no_filter_meets_leaves_the_exact_methods()
    {
        PreparedTensor prepared = ModelEncoder.Prepare(ModelTensor(), new EncoderOptions());
        MethodChoice choice = MethodChooser.Choose(prepared, new EncoderOptions { MaxFalsePositives = 1e-9 });
        Assert.True(RandomLayers.IsExact(choice.Encoded.Method));
        Assert.DoesNotContain("coupled", choice.Reason, StringComparison.Ordinal);
        choice = MethodChooser.Choose(prepared, new EncoderOptions { MaxFalsePositives = 0.01 });
        Assert.Contains("coupled", choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.I8)]
    [InlineData(ElementType.U8)]
    public void Elements_of_one_and_two_bytes_are_clustered_by_their_values(ElementType type)
    {
        int size = ElementTypes.Size(type);
        byte[] data = new byte[600 * size];
        Random random = new(2);
        for (int i = 0; i < data.Length; i += size)
            data[i + size - 1] = random.Next(2) == 0 ? (byte)0 : (byte)random.Next(0x30, 0x38);
        // Minus zero, which pruning by a mask leaves, is zero; of integers it is a number.
        data[size - 1] = 0x80;
        ClusteredTensor layer = Clusterer.TryCluster(new Tensor("t", type, [20, 30], data), null, null, out _)!;
        Assert.Equal(ElementTypes.IsFloat(type), layer.Ids[0] == 0);
        using WlsFile file = WlsFile.Open(GoldenFiles.Bytes([Encoded.ByContext(layer)]));
        byte[] decoded = file.Tensors[0].Decode(type);
        Assert.Equal(ElementTypes.IsFloat(type) ? 0 : 0x80, decoded[size - 1]);
        Assert.Equal(data[size..], decoded[size..]);
        // Pruned to a tenth, the largest stay.
        ClusteredTensor pruned = Clusterer.TryCluster(new Tensor("t", type, [20, 30], data), 0.1, null, out _)!;
        Assert.Equal(60, pruned.Nonzeros);
    }

    private static Tensor ModelTensor() => Cli.TestModels.Sparse("layer", 40, 50, 9);

    /// <summary>A file that this program could not read again is not written, and what was there stays.</summary>
    [Fact]
    public void A_file_of_more_than_2_GiB_is_refused()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.wls", [7]);
        byte[] quarter = new byte[1 << 28];
        EncodedTensor[] tensors = [.. Enumerable.Range(0, 8)
            .Select(i => new EncodedTensor($"w{i}", ElementType.U8, [quarter.Length], Method.Stored, Coder.None, quarter))];
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => WlsWriter.Write(folder["m.wls"], tensors));
        Assert.Contains("2147483647 (2 GiB)", error.Message, StringComparison.Ordinal);
        Assert.Equal([7], File.ReadAllBytes(folder["m.wls"]));
    }
}
