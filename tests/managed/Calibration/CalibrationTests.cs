using System.Runtime.InteropServices;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization.Grid;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Cli;
using Weightless.Tests.Models;
using static Weightless.Tests.Models.OnnxBytes;

namespace Weightless.Tests.Calibration;

public class CalibrationTests
{
    /// <summary>Each output of a convolution is the product of its weights with what the window reads.</summary>
    [Theory]
    [InlineData(1, "NOTSET")]
    [InlineData(2, "NOTSET")]
    [InlineData(1, "SAME_UPPER")]
    [InlineData(1, "VALID")]
    public void A_convolution_reads_what_the_runtime_reads(int stride, string autoPad)
    {
        const int groups = 2;
        Random random = new(stride);
        float[] weights = Numbers(random, 4 * 2 * 3 * 2);
        byte[][] attributes = autoPad == "NOTSET"
            ? [IntegersAttribute("pads", 1, 0, 0, 1)]
            : [Concat(Text(1, "auto_pad"), Text(4, autoPad), Number(20, 3))];
        byte[] file = Model(Initializer(Floats("w", [4, 2, 3, 2], weights)), Value(11, "x", 1, 4, 6, 5), Value(12, "y", -1, -1, -1, -1),
            Node("Conv", ["x", "w"], ["y"], [IntegerAttribute("group", groups), IntegersAttribute("strides", stride, 1), .. attributes]));
        float[] x = Numbers(random, 4 * 6 * 5);
        WithModel(file, model =>
        {
            NetworkLayer layer = Assert.Single(LayerFinder.Find(model));
            LayerSampler sampler = new(layer);
            sampler.Add(x, [1, 4, 6, 5], 0);
            Hessian hessian = sampler.ToHessians().First;
            using NetworkSession session = new(model.Bytes.Span, []);
            NetworkValue y = session.Run(new Dictionary<string, Tensor> { ["x"] = Array("x", [1, 4, 6, 5], x) })["y"];

            // The sum of squares of a row's outputs is w H w^T.
            Curvature curvature = new(hessian, 0);
            int positions = y.Elements.Length / 4;
            for (int row = 0; row < 4; row++)
            {
                double squares = y.Elements.AsSpan(row * positions, positions).ToArray().Sum(value => (double)value * value);
                float[] w = [.. weights.AsSpan(row * 12, 12), 0];
                Assert.Equal(squares, curvature.Quadratic(row / 2, w), 1e-4 * squares);
            }
        });
    }

    [Fact]
    public void Layers_know_their_biases_and_norms()
    {
        byte[] file = Model(
            Initializer(Floats("c", [2, 1, 1, 1], 1, 2)), Initializer(Floats("gamma", [2], 2, 3)), Initializer(Floats("beta", [2], 0, 0)),
            Initializer(Floats("mean", [2], 0, 0)), Initializer(Floats("variance", [2], 1, 4)), Initializer(Floats("m", [2, 3], 1, 2, 3, 4, 5, 6)),
            Initializer(Floats("mb", [3], 0, 0, 0)), Initializer(Floats("g", [1, 3], 1, 2, 3)), Initializer(Floats("gb", [1], 0)),
            Node("Conv", ["x", "c"], ["a"]),
            Node("BatchNormalization", ["a", "gamma", "beta", "mean", "variance"], ["b"], SingleAttribute("epsilon", 0)),
            Node("MatMul", ["b", "m"], ["d"]), Node("Add", ["mb", "d"], ["e"]),
            Node("Gemm", ["e", "g", "gb"], ["f"], IntegerAttribute("transB", 1)));
        WithModel(file, model =>
        {
            IReadOnlyList<NetworkLayer> layers = LayerFinder.Find(model);
            Assert.Equal(["c", "m", "g"], layers.Select(layer => layer.Weight));
            Assert.Equal(["beta", "mb", "gb"], layers.Select(layer => layer.Bias));
            Assert.Equal([true, false, false], layers.Select(layer => layer.BiasIsBehindNorm));
            Assert.Equal([2, 1.5f], layers[0].RowScales!);
            Assert.Equal(new WeightView(3, 2, 1, true), layers[1].View);
            Assert.Equal([1, 4, 2, 5, 3, 6], layers[1].View.ToMatrix<float>([1, 2, 3, 4, 5, 6]));
            Assert.Equal(new WeightView(1, 3, 1, false), layers[2].View);
        });
    }

    [Fact]
    public void A_network_is_calibrated_encoded_to_a_target_and_checked()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("model.onnx", Classifier());
        string inputs = folder.Write("inputs.npz", Array("x", [640, 24], Inputs(640)));
        CliRun run = CliRun.Of("encode", model, "-o", folder["a.wls"], "--calibrate", inputs, "--bits", "3");
        Assert.Equal(0, run.Code);
        Assert.Contains(run.Lines, line => line.Contains("% of the largest elements stay", StringComparison.Ordinal));
        CliRun.Succeeding("verify", folder["a.wls"]);

        // The same through a file of statistics, twice the same.
        CliRun.Succeeding("calibrate", model, inputs, "-o", folder["stats.npz"]);
        foreach (string name in new[] { "b.wls", "c.wls" })
            Assert.Equal(0, CliRun.Of("encode", model, "-o", folder[name], "--calibrate", folder["stats.npz"], "--max-bytes", "900").Code);
        Assert.Equal(File.ReadAllBytes(folder["b.wls"]), File.ReadAllBytes(folder["c.wls"]));

        Assert.Equal(0, CliRun.Of("encode", model, "-o", folder["d.wls"], "--calibrate", inputs, "--max-loss", "0.02").Code);
        Assert.True(new FileInfo(folder["d.wls"]).Length < new FileInfo(model).Length / 2);
    }

    [Fact]
    public void Statistics_of_several_runs_add()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("model.onnx", Classifier());
        string inputs = folder.Write("inputs.npz", Array("x", [64, 24], Inputs(64)));
        CliRun.Succeeding("calibrate", model, inputs, "-o", folder["stats.npz"]);
        using ModelFile file = ModelFile.Open(folder["stats.npz"]);
        IReadOnlyList<LayerStatistics> one = StatisticsFile.Read(file);
        IReadOnlyList<LayerStatistics> two = StatisticsFile.Sum([one, one]);
        Assert.Equal(2, two.Count);
        (Hessian first, _) = one[0].LoadHessians();
        (Hessian doubled, _) = two[0].LoadHessians();
        Assert.Equal(2 * first.Images, doubled.Images);
        Assert.Equal(first.Values.Select(value => 2 * value), doubled.Values);
        Assert.Equal(one[0].Sensitivity, two[0].Sensitivity);
        Assert.True(one[0].Sensitivity > 0);
    }

    [Fact]
    public void What_calibration_cannot_do_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("model.onnx", Classifier());
        string inputs = folder.Write("inputs.npz", Array("x", [64, 24], Inputs(64)));
        string wrong = folder.Write("wrong.npz", Array("x", [64, 23], new float[64 * 23]));
        string plain = folder.Write("plain.npz", Array("w", [2, 2], 1, 2, 3, 4));
        string broken = folder.Write("broken.onnx", Model(Value(11, "x", 1), Node("Nothing", ["x"], ["y"]), Value(12, "y", 1)));
        string output = folder["out.wls"];
        Assert.Contains("ONNX Runtime cannot run", CliRun.Failing(1, "encode", model, "-o", output, "--calibrate", wrong, "--bits", "3"), StringComparison.Ordinal);
        Assert.Contains("needs an ONNX model", CliRun.Failing(1, "encode", plain, "-o", output, "--calibrate", inputs, "--bits", "3"), StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime cannot run", CliRun.Failing(1, "calibrate", broken, inputs, "-o", output), StringComparison.Ordinal);
        Assert.Contains("go with --calibrate", CliRun.Failing(2, "encode", model, "-o", output, "--bits", "3"), StringComparison.Ordinal);
        Assert.Contains("one of --max-bytes", CliRun.Failing(2, "encode", model, "-o", output, "--calibrate", inputs), StringComparison.Ordinal);
        CliRun.Succeeding("calibrate", model, inputs, "-o", folder["stats.npz"]);
        Assert.Contains("--max-loss needs inputs", CliRun.Failing(1, "encode", model, "-o", output, "--calibrate", folder["stats.npz"], "--max-loss", "0.1"), StringComparison.Ordinal);
        Assert.Contains("no integers", CliRun.Failing(1, "encode", model, "-o", output, "--calibrate", folder["stats.npz"], "--max-bytes", "1"), StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    /// <summary>Two layers: 24 inputs, 20 hidden units, 5 classes.</summary>
    private static byte[] Classifier()
    {
        Random random = new(3);
        return Model(Initializer(Floats("w1", [24, 20], Numbers(random, 480))), Initializer(Floats("b1", [20], Numbers(random, 20))),
            Initializer(Floats("w2", [20, 5], Numbers(random, 100))),
            Value(11, "x", -1, 24), Value(12, "y", -1, 5),
            Node("MatMul", ["x", "w1"], ["h"]), Node("Add", ["h", "b1"], ["hb"]), Node("Relu", ["hb"], ["r"]),
            Node("MatMul", ["r", "w2"], ["s"]), Node("Softmax", ["s"], ["y"], IntegerAttribute("axis", 1)));
    }

    private static float[] Inputs(int count) => Numbers(new Random(4), count * 24);

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private static Tensor Array(string name, long[] shape, params float[] values) =>
        new(name, ElementType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static void WithModel(byte[] file, Action<OnnxReader> check)
    {
        using TemporaryFolder folder = new();
        using OnnxReader model = (OnnxReader)ModelFile.Open(folder.Write("model.onnx", file));
        check(model);
    }
}
