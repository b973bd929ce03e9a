using Weightless.Encoder.Codecs.Bloomier;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

public class BloomierTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 6)]
    [InlineData(9, 9)]
    [InlineData(200, 12)]
    [InlineData(255, 16)]
    public void False_positives_come_at_the_rate_of_the_theory(int clusters, int cellBits)
    {
        ClusteredTensor layer = RandomLayers.Make(600, 700, clusters, 0.02, seed: cellBits);
        MemoryStream stream = new();
        WlsWriter.Write(stream, [Encoded.By(layer, Method.Bloomier, Coder.None, cellBits)]);
        using WlsFile file = WlsFile.Open(stream.ToArray());

        double zeros = layer.Ids.Length - layer.Nonzeros;
        double rate = clusters / Math.Pow(2, cellBits);
        double sigma = Math.Sqrt(zeros * rate * (1 - rate));
        Assert.InRange(file.Tensors[0].CountFalsePositives(), zeros * rate - 4 * sigma, zeros * rate + 4 * sigma);
    }

    [Fact]
    public void Its_size_is_what_the_paper_says()
    {
        ClusteredTensor layer = RandomLayers.Make(300, 784, 9, 0.02, seed: 3);
        EncodedTensor encoded = Encoded.By(layer, Method.Bloomier, Coder.None, cellBits: 9);
        long cells = 3 * (long)Math.Ceiling(1.23 * layer.Nonzeros / 3);
        int palette = 1 + 9 * 4 + 2;
        int parameters = 1 + 2 + 1;
        Assert.Equal(palette + parameters + (cells * 9 + 7) / 8, encoded.Section.Length);
    }

    [Fact]
    public void Few_keys_peel_in_the_end()
    {
        for (int count = 1; count < 120; count++)
        {
            ulong[] keys = [.. Enumerable.Range(0, count).Select(i => (ulong)i)];
            byte[] ids = [.. Enumerable.Repeat((byte)1, count)];
            Encoded.By(new ClusteredTensor("t", ElementType.F32, [1, count], ids, [0x3f800000]), Method.Bloomier,
                Coder.None);
        }
    }

    [Fact]
    public void Keys_that_share_all_cells_do_not_peel() =>
        Assert.Null(Peeling.TryBuild([1, 2], [0, 1], segment: 1, cellBits: 4, seed: 0));
}
