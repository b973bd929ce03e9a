namespace Weightless.Encoder.Models.Onnx;

/// <summary>
/// An ONNX model: a protobuf message, see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Its tensors are the
/// initializers and the Constant nodes of all its graphs, nested ones too.
/// </summary>
internal sealed class OnnxReader : ModelFile
{
    // Field 1, the version of the format, comes first in what every exporter writes.
    private const byte FirstTag = 0x08;

    private const int MostOthers = 4096;

    private readonly MappedFile _file;
    private readonly string _folder;
    private readonly Dictionary<string, MappedFile> _others = new(StringComparer.Ordinal);

    /// <param name="folder">Where other files are that the model may name.</param>
    internal OnnxReader(FileStream stream, string folder)
    {
        if (stream.Length > TensorLimits.MaxBytes)
            throw new ModelLimitException($"the ONNX file takes {stream.Length} bytes; at most {TensorLimits.MaxBytes} (2 GiB) are supported");
        _folder = folder;
        _file = new MappedFile(stream);
        try
        {
            Bytes = _file.Slice(0, (int)_file.Length);
            Graph = new OnnxParser(Bytes.Span).Model();
            Contents = Graph.AllTensors().OrderBy(tensor => tensor.Offset).ToList();
            Tensors = Contents.Zip(TensorNames.MakeUnique(Contents.Select(tensor => tensor.Name).ToList()), Open).ToList();
        }
        catch
        {
            Dispose(true);
            throw;
        }
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public OnnxGraph Graph { get; }

    /// <summary>Where in the file each of <see cref="Tensors"/> lies, one behind the other.</summary>
    public IReadOnlyList<OnnxTensor> Contents { get; }

    public override IReadOnlyList<Tensor> Tensors { get; }

    public override ModelSource Source => new(Bytes, [.. Contents.Select(tensor => tensor.Verbatim)]);

    /// <summary>There is no magic number, but a version from 1 to 127 in front.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> start) => start is [FirstTag, > 0 and < 0x80, ..];

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _file.Dispose();
        foreach (MappedFile other in _others.Values)
            other.Dispose();
    }

    /// <summary>Whether all elements are in the file itself.</summary>
    public bool IsWhole => _others.Count == 0;

    private Tensor Open(OnnxTensor tensor, string name, OnnxExternal external)
    {
        if (!_others.TryGetValue(external.Location, out MappedFile? other))
        {
            if (_others.Count == MostOthers)
                throw new ModelLimitException($"the ONNX file has its elements in more than {MostOthers} other files");
            string path = Path.Combine(_folder, external.Location);
            try
            {
                other = new MappedFile(MappedFile.OpenStream(path, "a file of elements"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelFormatException)
            {
                throw new ModelFormatException($"the ONNX file has elements in {ModelFormatException.Quote(external.Location)}, which cannot be read", e);
            }
            _others.Add(external.Location, other);
        }
        Extent extent = external.In(other.Length, tensor);
        return new Tensor(name, tensor.Type, tensor.Shape, other.Slice(extent.Offset, extent.Length));
    }

    private Tensor Open(OnnxTensor tensor, string name)
    {
        if (tensor.External is { } external)
            return Open(tensor, name, external);
        if (tensor.Verbatim is { } extent)
            return new Tensor(name, tensor.Type, tensor.Shape, _file.Slice(extent.Offset, extent.Length));
        Recomputed elements = new(() => tensor.Gather(Bytes.Span));
        return new Tensor(name, tensor.Type, tensor.Shape, elements.Get);
    }
}
