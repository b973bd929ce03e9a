using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Calibration;

/// <summary>
/// Finds the layers of a model's main graph, and what stands behind each: the bias that an Add brings, the batch norm. Weights
/// that several nodes share are left out, as are those of nested graphs, whose values no session shows.
/// </summary>
internal sealed class LayerFinder
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _readers = new(StringComparer.Ordinal);
    private readonly OnnxGraph _graph;

    private LayerFinder(OnnxReader model)
    {
        _graph = model.Graph;
        foreach (Tensor tensor in model.Tensors)
            _tensors.TryAdd(tensor.Name, tensor);
        Count(_graph);
        foreach (OnnxNode node in _graph.Nodes)
        {
            foreach (string input in node.Inputs)
                _readers[input] = node;
        }
    }

    public static IReadOnlyList<NetworkLayer> Find(OnnxReader model)
    {
        LayerFinder finder = new(model);
        return [.. model.Graph.Nodes.Select(finder.Layer).OfType<NetworkLayer>()];
    }

    private NetworkLayer? Layer(OnnxNode node)
    {
        if (node.Outputs.Count == 0 || Constant(node.Input(1)) is not { Type: ElementType.F32, Count: > 0 } weight || Uses(weight.Name) != 1)
            return null;
        if (node.Is("Conv"))
            return Convolution(node, weight);
        return node.Is("Gemm") || node.Is("MatMul") ? Product(node, weight) : null;
    }

    private NetworkLayer? Convolution(OnnxNode node, Tensor weight)
    {
        int rank = weight.Shape.Count - 2;
        int groups = (int)Math.Clamp(node.Attribute("group")?.Integer ?? 1, 0, int.MaxValue);
        if (rank < 1 || groups == 0 || weight.Rows % groups != 0)
            return null;
        int[] kernel = [.. weight.Shape.Skip(2).Select(size => (int)size)];
        int[]? strides = Integers(node, "strides", rank, 1);
        int[]? dilations = Integers(node, "dilations", rank, 1);
        int[]? pads = Integers(node, "pads", 2 * rank, 0);
        if (strides is null || dilations is null || pads is null || strides.Contains(0) || dilations.Contains(0))
            return null;
        string autoPad = node.Attribute("auto_pad")?.Text is { Length: > 0 } text ? text : "NOTSET";
        ConvolutionWindow window = new(kernel, strides, dilations, pads[..rank], pads[rank..], autoPad);
        WeightView view = new((int)weight.Rows, (int)weight.Columns, groups, IsTransposed: false);
        return Finish(node, weight.Name, view, window, node.Input(2));
    }

    private NetworkLayer? Product(OnnxNode node, Tensor weight)
    {
        if (weight.Shape.Count != 2)
            return null;
        bool isGemm = node.Is("Gemm");
        bool isPlain = (node.Attribute("transA")?.Integer ?? 0) == 0
            && node.Attribute("alpha") is null or { Single: 1 } && node.Attribute("beta") is null or { Single: 1 };
        if (isGemm && !isPlain)
            return null;
        bool rowsFirst = isGemm && (node.Attribute("transB")?.Integer ?? 0) != 0;
        WeightView view = rowsFirst
            ? new((int)weight.Shape[0], (int)weight.Shape[1], 1, IsTransposed: false)
            : new((int)weight.Shape[1], (int)weight.Shape[0], 1, IsTransposed: true);
        return Finish(node, weight.Name, view, null, isGemm ? node.Input(2) : "");
    }

    private NetworkLayer Finish(OnnxNode node, string weight, WeightView view, ConvolutionWindow? window, string ownBias)
    {
        string? bias = IsBias(ownBias, view.Rows) ? ownBias : null;
        string output = node.Outputs[0];
        OnnxNode? next = OnlyReader(output);
        if (bias is null && ownBias.Length == 0 && window is null && next is { } add && add.Is("Add"))
        {
            string other = add.Input(0) == output ? add.Input(1) : add.Input(0);
            if (IsBias(other, view.Rows))
                bias = other;
        }
        float[]? scales = next is { } norm && norm.Is("BatchNormalization") && norm.Input(0) == output ? NormScales(norm, view.Rows) : null;
        string beta = next?.Input(2) ?? "";
        bool isBehindNorm = bias is null && scales is not null && IsBias(beta, view.Rows);
        return new NetworkLayer(weight, node.Input(0), view, window, scales, isBehindNorm ? beta : bias, isBehindNorm);
    }

    /// <summary>gamma / sqrt(variance + epsilon).</summary>
    private float[]? NormScales(OnnxNode norm, int rows)
    {
        const float standardEpsilon = 1e-5f;
        if (Floats(norm.Input(1), rows) is not { } gamma || Floats(norm.Input(4), rows) is not { } variance)
            return null;
        float epsilon = norm.Attribute("epsilon")?.Single ?? standardEpsilon;
        float[] scales = [.. gamma.Zip(variance, (g, v) => g / MathF.Sqrt(v + epsilon))];
        return Array.TrueForAll(scales, float.IsFinite) ? scales : null;
    }

    private float[]? Floats(string name, int count) => Constant(name) is { Type: ElementType.F32 } tensor && tensor.Count == count
        ? MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray()
        : null;

    private bool IsBias(string name, int rows) => Uses(name) == 1 && Constant(name) is { Type: ElementType.F32 } tensor
        && tensor.Count == rows && tensor.Shape.Count > 0 && tensor.Shape[^1] == rows;

    private Tensor? Constant(string name) => name.Length > 0 ? _tensors.GetValueOrDefault(name) : null;

    private int Uses(string name) => _uses.GetValueOrDefault(name);

    private OnnxNode? OnlyReader(string value) => Uses(value) == 1 ? _readers.GetValueOrDefault(value) : null;

    /// <summary>How often each value is read; an output of the graph counts as read twice, as nothing may be put behind it.</summary>
    private void Count(OnnxGraph graph)
    {
        foreach (OnnxValue output in graph.Outputs)
            _uses[output.Name] = Uses(output.Name) + 2;
        foreach (OnnxNode node in graph.Nodes)
        {
            foreach (string input in node.Inputs)
                _uses[input] = Uses(input) + 1;
            foreach (OnnxGraph nested in node.Attributes.SelectMany(attribute => attribute.Graphs))
                Count(nested);
        }
    }

    private static int[]? Integers(OnnxNode node, string name, int count, int standard)
    {
        if (node.Attribute(name) is not { Integers.Count: > 0 } attribute)
            return [.. Enumerable.Repeat(standard, count)];
        bool fits = attribute.Integers.Count == count && attribute.Integers.TrueForAll(value => value is >= 0 and <= ushort.MaxValue);
        return fits ? [.. attribute.Integers.Select(value => (int)value)] : null;
    }
}
