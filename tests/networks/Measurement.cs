using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Weightless.Encoder;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Quantization.Grid;
using Weightless.NativeDecoder.Format;

namespace Weightless.Networks;

/// <summary>Quantises a network at several prices of a bit, and prints bytes and error at each.</summary>
/// <param name="error">The error in percent of a network, given as an ONNX file.</param>
internal sealed class Measurement(OnnxReader model, Func<byte[], double> error)
{
    public void Run(IReadOnlyList<LayerStatistics> statistics, IEnumerable<double> factors)
    {
        NetworkQuantizer quantizer = new(model, LayerFinder.Find(model), statistics);
        double typical = quantizer.TypicalLambda();
        Stopwatch watch = Stopwatch.StartNew();
        Console.WriteLine($"f32: {error(model.Bytes.ToArray()):0.00} %");
        HashSet<string> changed = [.. quantizer.Names];
        long rest = model.Tensors.Where(tensor => !changed.Contains(tensor.Name)).Sum(tensor => (long)tensor.ByteLength);
        foreach (double factor in factors)
        {
            watch.Restart();
            long unsure = quantizer.ChooseDamping(typical * factor, (_, _) => { });
            Console.WriteLine($"{quantizer.Weights} weights; damping chosen in {watch.Elapsed.TotalSeconds:0} s, {unsure} weights with too few inputs");
            watch.Restart();
            QuantizedNetwork network = quantizer.Quantize(typical * factor, (_, _) => { });
            double seconds = watch.Elapsed.TotalSeconds;
            long coded = network.Tensors.Where(tensor => tensor.Integers.All(value => value is >= -128 and <= 127)).Sum(Coded);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"lambda x {factor}: weights {network.WeightBits / 8:0} bytes ({network.WeightBits / quantizer.Weights:0.00} bits), as I8 by context {coded}; "
                + $"biases {network.BiasBits / 8:0}; others f32 {rest}; expected loss {network.Layers.Sum(layer => layer.Loss):0.0000}; error {error(network.Patch(model).Bytes.ToArray()):0.00} %; {seconds:0} s"));
        }
    }

    /// <summary>The bytes of the integers by method context, as an I8 tensor.</summary>
    private static long Coded(GridTensor tensor)
    {
        sbyte[] integers = [.. tensor.Integers.Select(value => (sbyte)value)];
        Tensor bytes = new(tensor.Name, ElementType.I8, tensor.Shape, MemoryMarshal.AsBytes(integers.AsSpan()).ToArray());
        ClusteredTensor clustered = Clusterer.TryCluster(bytes, null, null, out _)!;
        EncoderOptions options = new() { Method = Method.Context, Strength = 9 };
        return ModelEncoder.Encode(new PreparedTensor(bytes, clustered, Unclustered.None), options).Bytes;
    }
}
