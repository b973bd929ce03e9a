using System.Globalization;
using System.Runtime.InteropServices;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.NativeDecoder.Format;
using Weightless.Networks;

switch (args)
{
    case ["mnist", string model, string mnist, string images, .. string[] factors]:
        using (OnnxReader network = (OnnxReader)ModelFile.Open(model))
            Digits(network, mnist, int.Parse(images, CultureInfo.InvariantCulture), factors);
        return 0;
    case ["ocr", string model, string keys, string fonts, string lines, string tests, .. string[] factors]:
        using (OnnxReader network = (OnnxReader)ModelFile.Open(model))
            Lines(network, File.ReadAllLines(keys), fonts.Split(','), int.Parse(lines, CultureInfo.InvariantCulture), int.Parse(tests, CultureInfo.InvariantCulture), factors);
        return 0;
    default:
        Console.Error.WriteLine("usage: mnist MODEL.onnx MNIST_FOLDER IMAGES FACTOR... | ocr MODEL.onnx KEYS.txt FONT,... LINES TEST_LINES FACTOR...");
        return 2;
}

static void Digits(OnnxReader model, string folder, int images, string[] factors)
{
    const int batch = 50;
    string input = model.Graph.Inputs[0].Name;
    string output = model.Graph.Outputs[0].Name;
    Mnist training = Mnist.Load(folder, "train").Slice(0, images);
    Mnist test = Mnist.Load(folder, "t10k");
    List<IReadOnlyDictionary<string, Tensor>> runs = [];
    for (int first = 0; first < images; first += batch)
        runs.Add(Run(input, [batch, Mnist.ImagePixels], training.Slice(first, batch).Pixels));
    Measurement measurement = new(model, bytes =>
    {
        using NetworkSession session = new(bytes, []);
        return test.Error(session.Run(Run(input, [test.Count, Mnist.ImagePixels], test.Pixels))[output].Elements);
    });
    measurement.Run(Calibrator.Run(model, LayerFinder.Find(model), runs, (_, _, _) => { }), factors.Select(Number));
}

static void Lines(OnnxReader model, string[] keys, string[] fonts, int count, int tests, string[] factors)
{
    string input = model.Graph.Inputs[0].Name;
    string output = model.Graph.Outputs[0].Name;
    TextLine[] seen = [.. TextLines.Render(count, 1, fonts)];
    TextLine[] unseen = [.. TextLines.Render(tests, 2, fonts)];
    Measurement measurement = new(model, bytes =>
    {
        using NetworkSession session = new(bytes, []);
        CharacterErrors errors = new(keys);
        foreach (TextLine line in unseen)
            errors.Add(line.Text, session.Run(Run(input, [1, 3, TextLine.Height, line.Width], line.Pixels))[output].Elements);
        return errors.Percent;
    });
    IReadOnlyDictionary<string, Tensor>[] runs = [.. seen.Select(line => Run(input, [1, 3, TextLine.Height, line.Width], line.Pixels))];
    System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
    IReadOnlyList<LayerStatistics> statistics = Calibrator.Run(model, LayerFinder.Find(model), runs, (_, _, _) => { });
    Console.WriteLine($"calibrated on {count} lines in {watch.Elapsed.TotalSeconds:0} s");
    measurement.Run(statistics, factors.Select(Number));
}

static Dictionary<string, Tensor> Run(string input, long[] shape, float[] values) => new()
{
    [input] = new Tensor(input, ElementType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()),
};

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
