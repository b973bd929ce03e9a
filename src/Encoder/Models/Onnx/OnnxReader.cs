namespace Weightless.Encoder.Models.Onnx;

/// <summary>
/// An ONNX model: a protobuf message, see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Its tensors are the
/// initializers and the Constant nodes of all its graphs, nested ones too.
/// </summary>
internal sealed class OnnxReader : ModelFile
{
    // Field 1, the version of the format, comes first in what every exporter writes.
    private const byte FirstTag = 0x08;

    private readonly MappedFile _file;

    internal OnnxReader(FileStream stream)
    {
        if (stream.Length > TensorLimits.MaxBytes)
            throw new ModelLimitException($"the ONNX file takes {stream.Length} bytes; at most {TensorLimits.MaxBytes} (2 GiB) are supported");
        _file = new MappedFile(stream);
        try
        {
            Bytes = _file.Slice(0, (int)_file.Length);
            Graph = new OnnxParser(Bytes.Span).Model();
            Contents = Graph.AllTensors().ToList();
            Tensors = Contents.Zip(UniqueNames(Contents), Open).ToList();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public OnnxGraph Graph { get; }

    /// <summary>Where in the file each of <see cref="Tensors"/> lies.</summary>
    public IReadOnlyList<OnnxTensor> Contents { get; }

    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>There is no magic number, but a version from 1 to 127 in front.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> start) => start is [FirstTag, > 0 and < 0x80, ..];

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
    }

    private Tensor Open(OnnxTensor tensor, string name)
    {
        if (tensor.Verbatim is { } extent)
            return new Tensor(name, tensor.Type, tensor.Shape, _file.Slice(extent.Offset, extent.Length));
        Recomputed elements = new(() => tensor.Gather(Bytes.Span));
        return new Tensor(name, tensor.Type, tensor.Shape, elements.Get);
    }

    /// <summary>
    /// The tensors' names; the branches of an If may use one twice, and a tensor may lack one. The second gets #2 behind it.
    /// </summary>
    private static IEnumerable<string> UniqueNames(IReadOnlyList<OnnxTensor> tensors)
    {
        HashSet<string> taken = [.. tensors.Select(tensor => tensor.Name)];
        HashSet<string> given = new(StringComparer.Ordinal);
        Dictionary<string, int> copies = new(StringComparer.Ordinal);
        foreach (OnnxTensor tensor in tensors)
        {
            string name = tensor.Name;
            if (!given.Add(name))
            {
                int number = copies.GetValueOrDefault(tensor.Name, 1);
                do
                    name = $"{tensor.Name}#{++number}";
                while (taken.Contains(name) || !given.Add(name));
                copies[tensor.Name] = number;
            }
            TensorLimits.CheckName(name);
            yield return name;
        }
    }
}
