namespace Weightless.Encoder.Models.Onnx;

/// <summary>A graph of an ONNX model: the names are those of onnx.proto's GraphProto.</summary>
internal sealed class OnnxGraph
{
    public List<OnnxNode> Nodes { get; } = [];

    public List<OnnxTensor> Initializers { get; } = [];

    /// <summary>Inputs, of which some may be initializers too.</summary>
    public List<OnnxValue> Inputs { get; } = [];

    public List<OnnxValue> Outputs { get; } = [];

    /// <summary>The tensors of the graph and of those nested in it: initializers first, then the nodes in order.</summary>
    public IEnumerable<OnnxTensor> AllTensors()
    {
        foreach (OnnxTensor tensor in Initializers)
            yield return tensor;
        foreach (OnnxNode node in Nodes)
        {
            if (node.Constant is { } constant)
                yield return constant;
            foreach (OnnxTensor tensor in node.Attributes.SelectMany(attribute => attribute.Graphs).SelectMany(graph => graph.AllTensors()))
                yield return tensor;
        }
    }
}

/// <summary>A name of a value that is fed to a graph or comes out of it.</summary>
/// <param name="Shape">The dimensions that are known, -1 for others; null if not even their number is.</param>
internal sealed record OnnxValue(string Name, IReadOnlyList<long>? Shape);

/// <summary>An operator of a graph. An optional input that is absent has an empty name.</summary>
internal sealed class OnnxNode
{
    public string Name { get; set; } = "";

    public string Operator { get; set; } = "";

    /// <summary>Empty for ONNX's own operators.</summary>
    public string Domain { get; set; } = "";

    public List<string> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    public List<OnnxAttribute> Attributes { get; } = [];

    /// <summary>Of a Constant node, its tensor under the name of the node's output.</summary>
    public OnnxTensor? Constant => Is("Constant") && Outputs.Count == 1 && Attribute("value")?.Tensor is { } tensor
        ? tensor.Named(Outputs[0])
        : null;

    public bool Is(string name) => Operator == name && (Domain is "" or "ai.onnx");

    public OnnxAttribute? Attribute(string name) => Attributes.Find(attribute => attribute.Name == name);

    public string Input(int index) => index < Inputs.Count ? Inputs[index] : "";
}

/// <summary>A setting of an operator; only what its type is about is filled.</summary>
internal sealed class OnnxAttribute
{
    public string Name { get; set; } = "";

    public float Single { get; set; }

    public long Integer { get; set; }

    public string Text { get; set; } = "";

    public List<long> Integers { get; } = [];

    public OnnxTensor? Tensor { get; set; }

    public List<OnnxGraph> Graphs { get; } = [];
}
