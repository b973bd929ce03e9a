using System.Globalization;
using CsCheck;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class VerifyTests
{
    [Fact]
    public void A_tensor_that_differs_and_should_not_is_an_error()
    {
        using TemporaryFolder folder = new();
        Tensor[] tensors = TestModels.Network();
        CliRun.Succeeding("encode", folder.Write("m.safetensors", tensors), "-o", folder["m.wls"]);
        byte[] data = tensors[2].Data.ToArray();
        int changed = Array.FindIndex(data, value => value != 0) / 4 * 4;
        BitConverter.GetBytes(0.75f).CopyTo(data, changed);
        tensors[2] = new Tensor("fc2.weight", ElementType.F32, [10, 40], data);
        string other = folder.Write("other.safetensors", tensors);
        CliRun run = CliRun.Of("verify", folder["m.wls"], other);
        Assert.Equal(1, run.Code);
        Assert.Equal($"weightless: {folder["m.wls"]}: tensor 'fc2.weight' differs from that of {other} in 1 of 400 elements "
            + "and should not\n", run.Error);
        Assert.Contains("WRONG", Assert.Single(run.Lines, line => line.StartsWith("fc2.weight", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    /// <summary>Whatever the options, what the encoder made is right: few values or many, pruned among equals, f16 codebooks.</summary>
    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.I8)]
    public void What_encode_makes_is_right(ElementType type)
    {
        using TemporaryFolder folder = new();
        string[] methods = ["auto", "dense", "coupled", "stored"];
        Gen.Select(Gen.Int[1, 3000], Gen.Int[0, 4000], Gen.Int[0, 300], Gen.Int[1, 300], Gen.Int[0, 3], Gen.Bool)
            .Sample((values, spread, density, clusters, method, half) =>
        {
            Random random = new(values);
            byte[] data = new byte[24 * 64 * ElementTypes.Size(type)];
            for (int i = 0; i < data.Length; i += ElementTypes.Size(type))
            {
                float value = (random.Next(values) - values / 2) * (1 + spread) / 1e6f * (random.Next(50) == 0 ? 30 : 1);
                uint bits = type == ElementType.I8 ? (byte)random.Next(-128, 128)
                    : Palette.Convert(BitConverter.SingleToUInt32Bits(value), ElementType.F32, type);
                BitConverter.GetBytes(bits).AsSpan(0, ElementTypes.Size(type)).CopyTo(data.AsSpan(i));
            }
            string model = folder.Write("m.safetensors", new Tensor("w", type, [24, 64], data));
            List<string> arguments = ["encode", model, "-o", folder["m.wls"], "--method", methods[method]];
            if (density is > 0 and <= 100)
                arguments.AddRange(["--density", (density / 100.0).ToString(CultureInfo.InvariantCulture)]);
            if (clusters <= 255)
                arguments.AddRange(["--clusters", $"{clusters}"]);
            if (half)
                arguments.AddRange(["--codebook", "f16"]);
            Assert.Equal(0, CliRun.Of([.. arguments]).Code);
            CliRun.Succeeding("verify", folder["m.wls"], model);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void Pruning_a_dense_layer_is_right()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("synthesize", "64x64", "--density", "0.5", "--clusters", "9", "-o", folder["m.safetensors"]);
        CliRun.Succeeding("encode", folder["m.safetensors"], "-o", folder["m.wls"], "--density", "0.1");
        Assert.EndsWith(" pruned", CliRun.Succeeding("verify", folder["m.wls"], folder["m.safetensors"]).Lines[2], StringComparison.Ordinal);
    }

    /// <summary>One weight is another: no run of values with this mean, or one that was pruned and should not, or the reverse.</summary>
    [Theory]
    [InlineData("", 0f)]
    [InlineData("", 1.5f)]
    [InlineData("--clusters 8", 0f)]
    [InlineData("--clusters 8", 1.5f)]
    [InlineData("--clusters 8", -0.01f)]
    [InlineData("--density 0.3 --clusters 8", 1.5f)]
    [InlineData("--density 0.3 --clusters 8", 0f)]
    [InlineData("--density 0.01", 1.5f)]
    [InlineData("--density 0.01", 0f)]
    public void A_single_wrong_weight_is_noticed(string options, float wrong)
    {
        using TemporaryFolder folder = new();
        Random random = new(5);
        float[] weights = [.. Enumerable.Range(0, 4096).Select(_ => (float)(random.NextDouble() - 0.5))];
        string model = folder.Write("m.safetensors", TestModels.Floats("w", [64, 64], weights));
        Assert.Equal(0, CliRun.Of(["encode", model, "-o", folder["m.wls"], .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Code);
        CliRun.Succeeding("verify", folder["m.wls"], model);
        for (int trial = 0; trial < 20; trial++)
        {
            float[] changed = [.. weights];
            // The largest, so that it was not pruned.
            int index = Array.IndexOf(weights, weights.OrderDescending().ElementAt(trial));
            changed[index] = wrong;
            CliRun run = CliRun.Of("verify", folder["m.wls"], folder.Write("other.safetensors", TestModels.Floats("w", [64, 64], changed)));
            Assert.Equal(1, run.Code);
            Assert.Contains("WRONG", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Minus_zero_is_zero()
    {
        using TemporaryFolder folder = new();
        float[] weights = new float[400];
        weights.AsSpan().Fill(-0f);
        weights[7] = 1.5f;
        string model = folder.Write("m.safetensors", TestModels.Floats("w", [20, 20], weights));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"]);
        Assert.EndsWith(" equal", CliRun.Succeeding("verify", folder["m.wls"], model).Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void What_pruning_and_clustering_did_is_told()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Sparse("w", 100, 100, 5000));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--density", "0.05", "--clusters", "6");
        string line = CliRun.Succeeding("verify", folder["m.wls"], model).Lines[2];
        Assert.EndsWith("pruned and clustered", line, StringComparison.Ordinal);
        string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("10000", cells[3]);
        Assert.InRange(long.Parse(cells[6], System.Globalization.CultureInfo.InvariantCulture), 400, 500);
        Assert.Equal("0", cells[7]);
    }

    /// <summary>So few weights are left that their values are few enough to be kept.</summary>
    [Fact]
    public void What_pruning_alone_did_is_told()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Sparse("w", 100, 100, 5000));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--density", "0.02");
        Assert.EndsWith(" pruned", CliRun.Succeeding("verify", folder["m.wls"], model).Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void False_positives_are_counted_and_no_error()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Sparse("w", 100, 100, 9));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", "bloomier", "--cell-bits", "5");
        string counted = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors")[0]
            .GetProperty("false_positives").ToString();
        string line = CliRun.Succeeding("verify", folder["m.wls"], model).Lines[2];
        Assert.EndsWith("false positives", line, StringComparison.Ordinal);
        Assert.Equal(counted, line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[7]);
    }

    [Fact]
    public void Names_shapes_and_types_must_be_the_same()
    {
        using TemporaryFolder folder = new();
        Tensor w = TestModels.Floats("w", [2, 3], 1, 2, 3, 4, 5, 6);
        Tensor v = TestModels.Floats("v", [1], 7);
        CliRun.Succeeding("encode", folder.Write("m.safetensors", w, v), "-o", folder["m.wls"]);
        (Tensor[] Model, string Cause)[] others =
        [
            ([w], "tensor 'v' is not in the model"),
            ([w, v, TestModels.Floats("x", [1], 8)], "tensor 'x' of the model is missing"),
            ([TestModels.Floats("w", [3, 2], 1, 2, 3, 4, 5, 6), v], "tensor 'w' is 2x3 f32, in the model 3x2 f32"),
            ([new Tensor("w", ElementType.I32, [2, 3], w.Data), v], "tensor 'w' is 2x3 f32, in the model 2x3 i32"),
        ];
        foreach ((Tensor[] model, string cause) in others)
        {
            CliRun run = CliRun.Of("verify", folder["m.wls"], folder.Write("other.safetensors", model));
            Assert.Equal(1, run.Code);
            Assert.Equal($"weightless: {folder["m.wls"]}: {cause}\n", run.Error);
        }
    }
}
