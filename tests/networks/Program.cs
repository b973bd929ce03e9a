using System.Globalization;
using System.Runtime.InteropServices;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.NativeDecoder.Format;
using Weightless.Networks;

switch (args)
{
    case ["lines", string output, string count, string seed, string fonts]:
        Write(output, Lines(count, seed, fonts).Select((line, index) => Array($"x.{index:0000}", [1, 3, TextLine.Height, line.Width], line.Pixels)));
        return 0;
    case ["digits", string output, string folder, string part, string first, string count]:
        Mnist digits = Mnist.Load(folder, part).Slice(Whole(first), Whole(count));
        Write(output, [Array("pixels", [digits.Count, Mnist.ImagePixels], digits.Pixels)]);
        return 0;
    case ["read", string model, string keys, string count, string seed, string fonts, .. string[] values]:
        Measure(model, values, new Reading(File.ReadAllLines(keys), [.. Lines(count, seed, fonts)]).Error);
        return 0;
    case ["classify", string model, string folder, string part, .. string[] values]:
        Mnist images = Mnist.Load(folder, part);
        Measure(model, values, network => images.Error(network.Run(Input(network, [images.Count, Mnist.ImagePixels], images.Pixels)).Values.Single().Elements));
        return 0;
    case ["sweep-lines", string model, string statistics, string keys, string count, string seed, string fonts, .. string[] factors]:
        Sweep(model, statistics, factors, new Reading(File.ReadAllLines(keys), [.. Lines(count, seed, fonts)]).Error);
        return 0;
    case ["sweep-digits", string model, string statistics, string folder, string part, string first, string count, .. string[] factors]:
        Mnist some = Mnist.Load(folder, part).Slice(Whole(first), Whole(count));
        Sweep(model, statistics, factors, network => some.Error(network.Run(Input(network, [some.Count, Mnist.ImagePixels], some.Pixels)).Values.Single().Elements));
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: lines OUT.npz COUNT SEED FONT,...             renders lines of text
                   digits OUT.npz MNIST PART FIRST COUNT         images of MNIST
                   read MODEL.onnx KEYS COUNT SEED FONT,... [VALUES]...
                   classify MODEL.onnx MNIST PART [VALUES]...    the error of a network, and of it with the values of other files
            """);
        return 2;
}

static IEnumerable<TextLine> Lines(string count, string seed, string fonts) => TextLines.Render(Whole(count), Whole(seed), fonts.Split(','));

static void Measure(string path, string[] others, Func<NetworkSession, double> error)
{
    using OnnxReader model = (OnnxReader)ModelFile.Open(path);
    Print(path, model.Bytes.Span);
    foreach (string other in others)
    {
        using ModelFile values = ModelFile.Open(other);
        ModelPatch patch = new(model);
        foreach (Tensor tensor in values.Tensors.Where(tensor => tensor.Type == ElementType.F32))
            patch.Replace(tensor.Name, MemoryMarshal.Cast<byte, float>(tensor.Data.Span));
        Print(other, patch.Bytes);
    }

    void Print(string name, ReadOnlySpan<byte> bytes)
    {
        using NetworkSession session = new(bytes, []);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {error(session):0.000}"));
    }
}

static void Sweep(string path, string statistics, string[] factors, Func<NetworkSession, double> error)
{
    using OnnxReader model = (OnnxReader)ModelFile.Open(path);
    using ModelFile file = ModelFile.Open(statistics);
    new Measurement(model, bytes =>
    {
        using NetworkSession session = new(bytes, []);
        return error(session);
    }).Run(StatisticsFile.Read(file), factors.Select(factor => double.Parse(factor, CultureInfo.InvariantCulture)));
}

static void Write(string path, IEnumerable<Tensor> arrays)
{
    using AtomicFile file = new(path);
    NpzWriter.Write(file.Stream, [.. arrays.Select(TensorSource.From)]);
    file.Commit();
}

static Dictionary<string, Tensor> Input(NetworkSession network, long[] shape, float[] values)
{
    string name = network.Inputs.Keys.Single();
    return new() { [name] = Array(name, shape, values) };
}

static Tensor Array(string name, long[] shape, float[] values) =>
    new(name, ElementType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
