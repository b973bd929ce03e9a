using CsCheck;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Codecs.Words;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Method <c>words</c>: every kind of code, band and patch, by every variant of the kernels, and what a layer takes.</summary>
[Collection(nameof(InstructionSets))]
public sealed class WordsTests : IDisposable
{
    internal static readonly Gen<int> WordLengths = Gen.Int[0, 3].Select(kind => kind == 0 ? 1 : 2 << kind);

    private readonly InstructionSet _current = InstructionSets.Current;

    public void Dispose() => InstructionSets.Current = _current;

    /// <summary>Codes that the encoder would not choose are decoded as well, in bands of any size, by all variants alike.</summary>
    [Fact]
    public void Any_code_is_decoded_by_all_variants_alike() => Gen.Select(
        Gen.Int[1, 60], Gen.Int[1, 90], Gen.OneOf(Gen.Int[1, 15], Gen.Int[1, 255]), Gen.Double[0.02, 1], Gen.Int[1, 600],
        WordLengths, Gen.Int[2, 256], Gen.Int)
        .Sample((rows, columns, clusters, density, band, wordLength, common, seed) =>
        {
            ClusteredTensor layer = Skewed(rows, columns, clusters, density, seed);
            if (layer.Clusters > 0)
                CheckVariants(layer, Encode(layer, band, wordLength, Math.Min(common, layer.Clusters + 1)));
        }, iter: 400);

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.I8)]
    [InlineData(ElementType.U8)]
    public void Every_type_is_decoded_by_all_variants_alike(ElementType type)
    {
        foreach (int clusters in new[] { 1, 2, 14, 32, 33, 100, 254, 255 })
        {
            foreach (double density in new[] { 0.01, 0.3, 0.98 })
            {
                ClusteredTensor layer = Typed(Skewed(70, 300, clusters, density, seed: clusters), type);
                CheckVariants(layer, Encoded.By(layer, Method.Words, Coder.None));
            }
        }
    }

    /// <summary>Rows from anywhere are the whole's, whatever was decoded before in that workspace.</summary>
    [Theory]
    [InlineData(64, 2304, 254)]
    [InlineData(1000, 77, 14)]
    [InlineData(3, 70_001, 2)]
    [InlineData(9000, 9, 3)]
    public unsafe void Rows_are_the_same_in_any_order(int rows, int columns, int clusters)
    {
        ClusteredTensor layer = Skewed(rows, columns, clusters, 0.9, seed: rows);
        using WlsFile file = WlsFile.Of([Encoded.By(layer, Method.Words, Coder.None)]);
        WlsTensor tensor = file.Tensors[0];
        byte[] whole = tensor.Decode(ElementType.F16);
        byte[] dst = new byte[whole.Length];
        byte[] workspace = new byte[tensor.WorkspaceSize];
        Random random = new(1);
        fixed (byte* to = dst, scratch = workspace)
        {
            for (int i = 0; i < 40; i++)
            {
                int first = random.Next(rows);
                int count = random.Next(1, Math.Min(rows - first, 1 + random.Next(rows)) + 1);
                int bytes = count * columns * 2;
                Assert.Equal(Status.Ok, tensor.DecodeRows(ElementType.F16, (ulong)first, (ulong)count, to, (nuint)bytes, scratch, (nuint)workspace.Length));
                Assert.True(whole.AsSpan(first * columns * 2, bytes).SequenceEqual(dst.AsSpan(0, bytes)));
            }
        }
    }

    [Theory]
    [InlineData(127, 31.84, 0.011)]
    [InlineData(7, 1.9, 0.011)]
    [InlineData(1, 0.25, 0.025)]
    public void A_normal_layer_takes_little_more_than_its_entropy(int largest, double deviation, double overhead)
    {
        Random random = new(1);
        byte[] ids = new byte[512 * 2304];
        long[] counts = new long[2 * largest + 1];
        for (int i = 0; i < ids.Length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            int value = Math.Clamp((int)Math.Round(normal * deviation), -largest, largest);
            ids[i] = (byte)(value == 0 ? 0 : value < 0 ? value + largest + 1 : value + largest);
            counts[value + largest]++;
        }
        uint[] values = [.. Enumerable.Range(-largest, 2 * largest + 1).Where(value => value != 0).Select(value => (uint)(byte)value)];
        EncodedTensor encoded = Encoded.By(new ClusteredTensor("w", ElementType.I8, [512, 2304], ids, values), Method.Words, Coder.None);
        double entropy = counts.Where(count => count > 0).Sum(count => -count * Math.Log2((double)count / ids.Length)) / 8;
        Assert.InRange(encoded.Bytes, entropy, entropy * (1 + overhead));
    }

    [Theory]
    [InlineData(254, 0.95)]
    [InlineData(3, 0.05)]
    public void The_workspace_is_64_KiB_at_most(int clusters, double density)
    {
        using WlsFile file = WlsFile.Of([Encoded.By(Skewed(512, 512, clusters, density, seed: 1), Method.Words, Coder.None)]);
        Assert.InRange((int)file.Tensors[0].WorkspaceSize, 1, 64 << 10);
    }

    /// <summary>By a code with these parameters, good or not.</summary>
    internal static EncodedTensor Encode(ClusteredTensor layer, int band, int wordLength, int common)
    {
        WordBands bands = new(layer.Ids, band);
        int words = wordLength == 1 ? common : Math.Max(common, 512);
        WordCode code = new(new WordBook(bands.CountIds(layer.Clusters + 1), common, wordLength, words), bands);
        BitWriter section = new();
        PaletteWriter.WritePacked(layer, section);
        WordsSection.Write(code, bands, section);
        return new EncodedTensor(layer.Name, layer.Type, layer.Shape, Method.Words, Coder.None, section.ToArray(), layer.HalfCodebook);
    }

    /// <summary>Non-zeros of which the first centroids are much more frequent.</summary>
    internal static ClusteredTensor Skewed(int rows, int columns, int clusters, double density, int seed)
    {
        ClusteredTensor layer = RandomLayers.Make(rows, columns, clusters, density, seed);
        Random random = new(seed);
        return layer with
        {
            Ids = [.. layer.Ids.Select(id => id == 0 ? id : (byte)(1 + (int)(layer.Clusters * Math.Pow(random.NextDouble(), 3))))],
        };
    }

    private static ClusteredTensor Typed(ClusteredTensor layer, ElementType type) => layer with
    {
        Type = type,
        Centroids = [.. layer.Centroids.Select((bits, i) => type switch
        {
            ElementType.I8 => (uint)(byte)(i - (layer.Clusters + 1) / 2 + (i < (layer.Clusters + 1) / 2 ? 0 : 1)),
            ElementType.U8 => (uint)(256 - layer.Clusters + i),
            _ => Palette.Convert(bits, ElementType.F32, type),
        })],
    };

    private static void CheckVariants(ClusteredTensor layer, EncodedTensor encoded)
    {
        using WlsFile file = WlsFile.Of([encoded]);
        ElementType[] outputs = ElementTypes.IsFloat(layer.Type)
            ? [ElementType.Id8, ElementType.F32, ElementType.F16, ElementType.BF16]
            : [ElementType.Id8, ElementType.F32, layer.Type];
        foreach (ElementType output in outputs)
        {
            int size = ElementTypes.Size(output);
            byte[] expected = new byte[layer.Ids.Length * size];
            for (int i = 0; i < layer.Ids.Length; i++)
            {
                int id = layer.Ids[i];
                uint bits = output == ElementType.Id8 ? (uint)id : id == 0 ? 0 : Palette.Convert(layer.Centroids[id - 1], layer.Type, output);
                BitConverter.GetBytes(bits).AsSpan(0, size).CopyTo(expected.AsSpan(i * size));
            }
            foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
            {
                InstructionSets.Current = set;
                Assert.True(expected.AsSpan().SequenceEqual(file.Tensors[0].Decode(output)), $"{set} {output}");
            }
        }
    }
}
