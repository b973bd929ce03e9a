using System.Diagnostics;
using System.Globalization;
using Weightless.Encoder.Codecs.Coupled;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Golden;
using Xunit.Abstractions;

namespace Weightless.Tests.Codecs;

public class CoupledTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(400, 4096, 4, 6, 0.03)]
    [InlineData(600, 700, 9, 9, 0.02)]
    [InlineData(200, 1000, 200, 12, 0.3)]
    [InlineData(90, 70, 1, 1, 0.5)]
    [InlineData(300, 128, 255, 16, 0.95)]
    public void False_positives_come_at_the_rate_of_the_theory(int rows, int columns, int clusters, int cellBits, double density)
    {
        ClusteredTensor layer = RandomLayers.Make(rows, columns, clusters, density, seed: cellBits);
        using WlsFile file = Encode(layer, cellBits);
        double zeros = layer.Ids.Length - layer.Nonzeros;
        double rate = clusters / Math.Pow(2, cellBits);
        double sigma = Math.Sqrt(zeros * rate * (1 - rate));
        Assert.InRange(file.Tensors[0].CountFalsePositives(), zeros * rate - 4 * sigma, zeros * rate + 4 * sigma);
    }

    [Fact]
    public void A_large_layer_takes_hardly_more_than_its_cells()
    {
        ClusteredTensor layer = RandomLayers.Make(1000, 4096, 4, 0.03, seed: 1);
        BuiltFilter filter = CoupledBuilder.Build(layer.Ids, 4096, 6, seed: 0);
        using WlsFile file = Encode(layer, 6);
        double room = (double)filter.Cells / filter.Keys;
        double bytes = file.Tensors[0].EncodedBytes / (layer.Nonzeros * 6 / 8.0);
        output.WriteLine($"m / n {room:f4}, bytes / (n t / 8) {bytes:f4}");
        Assert.InRange(room, 1, 1.012);
        Assert.InRange(bytes, 1, 1.03);
    }

    [Fact]
    public void A_layer_of_several_pieces_comes_back()
    {
        ClusteredTensor layer = RandomLayers.Make(2000, 1000, 3, 0.7, seed: 2);
        BuiltFilter filter = CoupledBuilder.Build(layer.Ids, 1000, 3, seed: 0);
        output.WriteLine($"{filter.Pieces.Length} pieces, m / n {(double)filter.Cells / filter.Keys:f4}, {filter.Attempts} attempts");
        Assert.True(filter.Pieces.Length > 1);
        CheckKeys(layer, 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Structured_layers_build(int kind)
    {
        Random random = new(kind);
        const int rows = 600;
        const int columns = 500;
        byte[] ids = new byte[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            double density = kind switch
            {
                1 => Math.Pow(10, -3 * random.NextDouble()),
                2 => random.NextDouble() < 0.8 ? 0.002 : 0.9,
                _ => row % 7 == 0 ? 1 : row < rows / 2 ? 0 : 0.5,
            };
            for (int column = 0; column < columns; column++)
                ids[row * columns + column] = random.NextDouble() < density ? (byte)random.Next(1, 10) : (byte)0;
        }
        CheckKeys(new ClusteredTensor("layer", ElementType.F32, [rows, columns], ids, [.. Enumerable.Range(1, 9).Select(i => (uint)i)]), 8);
    }

    /// <summary>
    /// `make test-small-layers` builds 10,000, some minutes' work. The worst m / n is that of layers with at least 100 non-zeros;
    /// below, one cell more already is a lot.
    /// </summary>
    [Fact]
    public void Small_layers_build()
    {
        string? asked = Environment.GetEnvironmentVariable("WEIGHTLESS_SMALL_LAYERS");
        int layers = asked is null ? 500 : int.Parse(asked, CultureInfo.InvariantCulture);
        Stopwatch clock = Stopwatch.StartNew();
        double worst = 0;
        long mostExtra = 0;
        string where = "";
        Lock gate = new();
        Parallel.For(0, layers, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            Random random = new(i);
            int keys = random.Next(1, 3001);
            int cellBits = random.Next(4, 10);
            int clusters = random.Next(1, 17);
            double density = random.Next(2) == 0 ? 0.01 + 0.2 * random.NextDouble() : 0.05 + 0.9 * random.NextDouble();
            byte[] ids = new byte[Math.Max(keys, (int)(keys / density))];
            for (int k = 0; k < keys;)
            {
                ref byte id = ref ids[random.Next(ids.Length)];
                k += id == 0 ? 1 : 0;
                id = (byte)random.Next(1, clusters + 1);
            }
            BuiltFilter filter = CoupledBuilder.Build(ids, ids.Length, cellBits, seed: 0);
            double room = (double)filter.Cells / keys;
            lock (gate)
            {
                mostExtra = Math.Max(mostExtra, filter.Cells - keys);
                if (keys >= 100 && room > worst)
                    (worst, where) = (room, $"{keys} keys in {ids.Length} weights");
            }
        });
        output.WriteLine($"{layers} layers in {clock.Elapsed.TotalSeconds:f0} s: worst m / n {worst:f4} ({where}), "
            + $"at most {mostExtra} more cells than keys");
        Assert.InRange(worst, 1, 1.03);
    }

    [Fact]
    public void Dead_rows_and_columns_hold_no_false_positives()
    {
        byte[] ids = [.. RandomLayers.Make(60, 90, 9, 0.5, seed: 3).Ids.Select((id, i) => i / 90 % 2 == 0 || i % 90 % 3 == 0 ? (byte)0 : id)];
        ClusteredTensor layer = new("layer", ElementType.F32, [60, 90], ids, [.. Enumerable.Range(1, 9).Select(i => (uint)i)]);
        using WlsFile file = Encode(layer, 4);
        byte[] decoded = file.Tensors[0].Decode(ElementType.Id8);
        for (int i = 0; i < ids.Length; i++)
        {
            if (i / 90 % 2 == 0 || i % 90 % 3 == 0 || ids[i] != 0)
                Assert.Equal(ids[i], decoded[i]);
        }
        Assert.True(file.Tensors[0].CountFalsePositives() > 0);
    }

    [Fact]
    public void The_workspace_is_at_most_64_KiB()
    {
        ClusteredTensor layer = RandomLayers.Make(100, 700, 9, 0.1, seed: 4);
        foreach (int cellBits in new[] { 4, 8, 9, 16 })
        {
            using WlsFile file = Encode(layer, cellBits);
            Assert.InRange((int)file.Tensors[0].WorkspaceSize, 1, 64 * 1024);
        }
    }

    /// <summary>Parameters that are right by themselves, of filters with more groups or pieces than the format has.</summary>
    [Theory]
    [InlineData(1L << 38, new byte[] { 0x57, 0x07 })]
    [InlineData(64L * 4097, new byte[] { 0x57, 0x27, 1, 1 })]
    [InlineData(64L * 4096, new byte[] { 0x57, 0x27, 0, 1 })]
    public void A_filter_of_too_many_parts_is_refused(long weights, byte[] parameters)
    {
        // K = 1, its centroid, one non-zero; behind the parameters, more than enough pieces of one cell.
        byte[] section = [1, 7, 1, .. parameters, .. Enumerable.Repeat((byte)1, 30_000)];
        byte[] file = GoldenFiles.Bytes([new EncodedTensor("t", ElementType.U8, [1, weights], Method.Coupled, Coder.None, section)]);
        Assert.Contains("damaged", Assert.Throws<ModelFormatException>(() => WlsFile.Open(file)).Message, StringComparison.Ordinal);
    }

    internal static WlsFile Encode(ClusteredTensor layer, int cellBits)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, [Encoded.By(layer, Method.Coupled, Coder.None, cellBits)]);
        return WlsFile.Open(stream.ToArray());
    }

    private static void CheckKeys(ClusteredTensor layer, int cellBits)
    {
        using WlsFile file = Encode(layer, cellBits);
        byte[] decoded = file.Tensors[0].Decode(ElementType.Id8);
        for (int i = 0; i < decoded.Length; i++)
        {
            if (layer.Ids[i] != 0 && layer.Ids[i] != decoded[i])
                Assert.Fail($"weight {i} is {decoded[i]}, not {layer.Ids[i]}");
        }
    }
}
