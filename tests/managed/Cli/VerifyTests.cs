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
