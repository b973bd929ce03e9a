using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Weightless.Encoder.Models;
using Weightless.Tests.Models;
using static Weightless.Tests.Models.OnnxBytes;

namespace Weightless.Tests.Cli;

/// <summary><c>encode</c> and then <c>decode</c> to the format that the model was of.</summary>
public class RebuildTests
{
    private const string OcrRecognition = "data/ppocr/ch_PP-OCRv4_rec_infer.onnx";
    private const string VoiceActivity = "data/silero/silero_vad_v5.onnx";

    private static float[] Values(int count, int distinct) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i * i % distinct))];

    [Theory]
    [InlineData("onnx")]
    [InlineData("tflite")]
    public void A_model_comes_back_byte_for_byte(string format)
    {
        using TemporaryFolder folder = new();
        byte[] file = format == "onnx"
            ? Model(Value(11, "x", 1, 40), Initializer(Floats("few", [50, 40], Values(2000, 9))), Constant("many", Floats("", [50, 40], Values(2000, 1999))),
                Initializer(Tensor("shape", 7, [2], Bytes(7, Varint(ulong.MaxValue), Varint(300)))), Node("MatMul", ["x", "few"], ["y"]), Value(12, "y", 1, 50))
            : TfliteBytes.Model(new("few", 0, [50, 40], Elements(Values(2000, 9))), new("i8", 9, [2, 3], [1, 2, 3, 253, 254, 255], [0.5f, 0.25f]),
                new("many", 0, [50, 40], Elements(Values(2000, 1999)), IsBehind: true));
        string model = folder.Write("m." + format, file);
        foreach (string method in new[] { "auto", "dense", "csr", "words", "context" })
        {
            Assert.Equal(0, CliRun.Of("encode", model, "-o", folder["m.wls"], "--method", method, "--force").Code);
            CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back." + format], "--force");
            Assert.Equal(file, File.ReadAllBytes(folder["back." + format]));
        }
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.npz"]);
    }

    /// <param name="zstd">What zstd -19 makes of the bytes that are no tensor's.</param>
    [SharedTheory(OcrRecognition)]
    [InlineData(OcrRecognition, 9_061_000, 6977)]
    [InlineData(VoiceActivity, 1_880_000, 6855)]
    public void A_real_network_comes_back_byte_for_byte(string path, long most, int zstd)
    {
        using TemporaryFolder folder = new();
        string model = SharedData.Find(path)!;
        Assert.Equal(0, CliRun.Of("encode", model, "-o", folder["m.wls"]).Code);
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.onnx"]);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(model))), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder["back.onnx"]))));
        Assert.InRange(new FileInfo(folder["m.wls"]).Length, 1, most);
        Assert.InRange(CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("skeleton_bytes").GetInt64(), 1, zstd * 11 / 10);
    }

    /// <summary>Its sign is a bit of the model; where no model is kept, pruning's minus zeros are zeros.</summary>
    [Fact]
    public void A_minus_zero_is_kept_unless_weights_alone_are()
    {
        using TemporaryFolder folder = new();
        float[] values = Values(2000, 9);
        values[77] = -0f;
        byte[] file = Model(Initializer(Floats("w", [50, 40], values)));
        string model = folder.Write("m.onnx", file);
        CliRun run = CliRun.Of("encode", model, "-o", folder["m.wls"]);
        Assert.Equal((0, 1), (run.Code, run.Error.Count(c => c == '\n')));
        Assert.Contains("1 tensor has a minus zero", run.Error, StringComparison.Ordinal);
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.onnx"]);
        Assert.Equal(file, File.ReadAllBytes(folder["back.onnx"]));

        CliRun.Succeeding("encode", model, "-o", folder["weights.wls"], "--weights-only");
        Assert.True(new FileInfo(folder["weights.wls"]).Length < new FileInfo(folder["m.wls"]).Length / 2);
        Assert.Equal($"{folder["weights.wls"]}: has tensors only, and no onnx model to rebuild",
            CliRun.Failing(1, "decode", folder["weights.wls"], "-o", folder["none.onnx"]));
        Assert.False(File.Exists(folder["none.onnx"]));
    }

    [Fact]
    public void A_model_of_other_weights_has_their_places_and_its_own_length()
    {
        using TemporaryFolder folder = new();
        byte[] file = Model(Initializer(Floats("w", [50, 40], Values(2000, 1999))), Initializer(Floats("b", [50], Values(50, 49))));
        CliRun.Succeeding("encode", folder.Write("m.onnx", file), "-o", folder["m.wls"], "--clusters", "5");
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.onnx"]);
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.safetensors"]);
        Assert.Equal(file.Length, new FileInfo(folder["back.onnx"]).Length);
        using ModelFile model = ModelFile.Open(folder["back.onnx"]);
        using ModelFile tensors = ModelFile.Open(folder["back.safetensors"]);
        Assert.Equal(["w", "b"], model.Tensors.Select(tensor => tensor.Name));
        foreach (Tensor tensor in model.Tensors)
            Assert.Equal(tensors.Tensors.Single(other => other.Name == tensor.Name).Data.ToArray(), tensor.Data.ToArray());
        Assert.InRange(MemoryMarshal.Cast<byte, float>(model.Tensors[0].Data.Span).ToArray().Distinct().Count(), 2, 6);
    }

    [Fact]
    public void A_model_is_not_written_as_one_of_another_format()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.tflite", ModelBytes.Small("tflite")), "-o", folder["m.wls"]);
        Assert.Equal($"{folder["m.wls"]}: has a TFLite model, and no onnx model to rebuild",
            CliRun.Failing(1, "decode", folder["m.wls"], "-o", folder["back.onnx"]));
        CliRun.Succeeding("encode", folder.Write("m.onnx", ModelBytes.Small("onnx")), "-o", folder["n.wls"]);
        Assert.Equal($"{folder["n.wls"]}: has an ONNX model, and no tflite model to rebuild",
            CliRun.Failing(1, "decode", folder["n.wls"], "-o", folder["back.tflite"]));
        Assert.Equal(["m.onnx", "m.tflite", "m.wls", "n.wls"], folder.Names());
    }

    [Fact]
    public void Inspect_tells_what_the_skeleton_takes()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.onnx", ModelBytes.Small("onnx")), "-o", folder["m.wls"]);
        long bytes = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("skeleton_bytes").GetInt64();
        Assert.InRange(bytes, 20, 200);
        Assert.Contains($"The rest of the model, which can be rebuilt: {bytes} bytes", CliRun.Succeeding("inspect", folder["m.wls"]).Lines);
        CliRun.Succeeding("verify", folder["m.wls"], folder["m.onnx"]);
    }

    private static byte[] Elements(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
