using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Codecs.Csr;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Coder tans of method csr: large layers, both loops, sizes, and sections that no encoder writes.</summary>
[Collection(nameof(InstructionSets))]
public unsafe class CsrTansTests
{
    /// <summary>Layers of many bands, with few and with many raw bits, by the loop and by the careful one.</summary>
    [Theory]
    [InlineData(700, 500, 4, 0.03)]
    [InlineData(300, 3000, 200, 0.01)]
    [InlineData(4, 300_000, 3, 0.0005)]
    [InlineData(1, 3_000_000, 2, 0.00002)]
    [InlineData(300_000, 1, 9, 0.001)]
    [InlineData(200, 300, 255, 1)]
    public void Both_loops_give_back_a_large_layer(int rows, int columns, int clusters, double density)
    {
        ClusteredTensor layer = RandomLayers.Make(rows, columns, clusters, density, seed: 3);
        using WlsFile file = RoundTripTests.Encode(layer, Method.Csr, Coder.Tans);
        InstructionSet best = InstructionSets.Current;
        try
        {
            foreach (InstructionSet set in new[] { InstructionSet.Scalar, best })
            {
                InstructionSets.Current = set;
                Assert.True(layer.Ids.AsSpan().SequenceEqual(file.Tensors[0].Decode(ElementType.Id8)));
                SparseAndProductTests.Check(file.Tensors[0]);
            }
        }
        finally
        {
            InstructionSets.Current = best;
        }
    }

    [Fact]
    public void A_random_layer_takes_little_more_than_its_entropy()
    {
        foreach (double density in new[] { 0.01, 0.03, 0.1, 0.3 })
        {
            ClusteredTensor layer = RandomLayers.Make(1000, 1000, 4, density, seed: 1);
            double p = layer.Nonzeros / 1e6;
            double entropy = 1e6 * (-p * Math.Log2(p) - (1 - p) * Math.Log2(1 - p) + p * 2) / 8;
            Assert.InRange(Encoded.By(layer, Method.Csr, Coder.Tans).Section.Length, entropy, entropy * 1.01 + 100);
        }
    }

    /// <summary>A zero weight counts where it meets what is not finite, and only there.</summary>
    [Theory]
    [InlineData(Coder.None)]
    [InlineData(Coder.Tans)]
    public void Zeros_meet_an_infinite_column(Coder coder)
    {
        ClusteredTensor layer = RandomLayers.Make(40, 50, 5, 0.1, seed: 4);
        using WlsFile file = RoundTripTests.Encode(layer, Method.Csr, coder);
        WlsTensor tensor = file.Tensors[0];
        byte[] workspace = new byte[tensor.WorkspaceSize];
        float[] x = new float[50], y = new float[40];
        foreach (float value in new[] { float.PositiveInfinity, float.NegativeInfinity, float.NaN })
        {
            Array.Fill(x, -0f);
            x[49] = value;
            fixed (float* from = x, to = y)
            fixed (byte* memory = workspace)
                Assert.Equal(Status.Ok, tensor.Multiply(from, 50 * 4, to, 40 * 4, memory, (nuint)workspace.Length));
            for (int row = 0; row < 40; row++)
            {
                byte id = layer.Ids[row * 50 + 49];
                float weight = id == 0 ? 0 : BitConverter.UInt32BitsToSingle(layer.Centroids[id - 1]);
                Assert.Equal(weight * value, y[row]);
            }
        }
    }

    /// <summary>With any weights, the counts of the tokens make up the table.</summary>
    [Fact]
    public void Counts_fill_the_table()
    {
        Gen.Select(Gen.Int[1, 256], Gen.Int[1, 255], Gen.Int[9, 12], Gen.Int[0, 65535], Gen.Bool, Gen.Int).Sample(
            (classes, clusters, log, ratio, geometric, seed) =>
            {
                classes = Math.Min(classes, ((1 << log) - 1) / clusters);
                byte[] bytes = new byte[classes + clusters + 1];
                Random random = new(seed);
                int most = random.Next(1, 257);
                foreach (ref byte b in bytes.AsSpan())
                    b = random.Next(4) == 0 ? (byte)255 : (byte)random.Next(most);
                CsrTansModel model = new() { TableLog = log, Classes = classes, Clusters = clusters, Ratio = geometric ? ratio : -1 };
                ushort[] counts = new ushort[model.Tokens];
                fixed (byte* from = bytes)
                fixed (ushort* to = counts)
                {
                    model.Bytes = from;
                    if (model.TryCount(to))
                        Assert.Equal(1 << log, counts.Sum(count => count));
                    else
                        Assert.Equal(255, bytes[(geometric ? 0 : classes) + clusters]);
                }
            }, iter: 300);
    }

    // Of a palette of one centroid, and 5 non-zeros: what follows, for 10 x 12 weights.
    [Theory]
    [InlineData("")] // nothing
    [InlineData("80 00 00 00 00 78 0000")] // the bit that must be 0
    [InlineData("34 00 00 00 00 78 0000")] // 13 raw bits
    [InlineData("1c ff")] // more to move on by than there is room for
    [InlineData("00 00 00 00")] // no escape, no band
    [InlineData("00 00 00 00 00 00")] // bands of no weight
    [InlineData("00 00 00 00 00 818040 0000")] // bands of more than 2^20
    [InlineData("00 00 00 00 00 0a 0000")] // 12 bands, but the length of one
    [InlineData("00 00 00 00 00 78 ffff")] // a band longer than the section
    [InlineData("00 00 ff ff ff 78 0500 0000000000")] // no token has a weight
    [InlineData("00 00 ff ff 00 78 0400 00000000")] // a band that ends within its states
    [InlineData("00 00 ff ff 00 78 0600 000000000000")] // a byte too many
    [InlineData("00 03 ff ff ff ff ff 00 78 0500 0000000000")] // escapes that step over the band's end: 121 is no multiple of 4
    public void Contradictory_sections_are_refused(string hex) => Assert.Equal(Status.Corrupt, Decode(hex));

    /// <summary>Only escapes, each of which moves on by one, and takes no bits.</summary>
    [Fact]
    public void Escapes_alone_are_zeros() => Assert.Equal(Status.Ok, Decode("00 00 ff ff 00 78 0500 0000000000"));

    private static Status Decode(string hex)
    {
        byte[] section = [1, 0, 0, 0x80, 0x3f, 5, .. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))];
        EncodedTensor tensor = new("t", ElementType.F32, [10, 12], Method.Csr, Coder.Tans, section);
        MemoryStream stream = new();
        WlsWriter.Write(stream, [tensor]);
        try
        {
            using WlsFile file = WlsFile.Open(stream.ToArray());
            byte[] workspace = new byte[file.Tensors[0].WorkspaceSize];
            float[] weights = new float[120];
            fixed (byte* memory = workspace)
            fixed (float* dst = weights)
                return file.Tensors[0].DecodeRows(ElementType.F32, 0, 10, (byte*)dst, 480, memory, (nuint)workspace.Length);
        }
        catch (ModelFormatException)
        {
            return Status.Corrupt;
        }
    }
}
