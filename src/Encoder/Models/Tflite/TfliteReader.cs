namespace Weightless.Encoder.Models.Tflite;

/// <summary>
/// A TFLite model: a FlatBuffer, see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs.
/// Its tensors are those that have elements, in all of its graphs. How they are quantised, per channel too, stays in the skeleton.
/// </summary>
internal sealed class TfliteReader : ModelFile
{
    private readonly MappedFile _file;

    internal TfliteReader(FileStream stream)
    {
        if (stream.Length > TensorLimits.MaxBytes)
            throw new ModelLimitException($"the TFLite file takes {stream.Length} bytes; at most {TensorLimits.MaxBytes} (2 GiB) are supported");
        _file = new MappedFile(stream);
        try
        {
            ReadOnlyMemory<byte> bytes = _file.Slice(0, (int)_file.Length);
            List<TfliteTensor> tensors = new TfliteParser(bytes.Span).Model();
            Tensors = tensors.Zip(TensorNames.MakeUnique(tensors.ConvertAll(tensor => tensor.Name)), Open).ToList();
            Source = new ModelSource(bytes, tensors.ConvertAll(tensor => (Extent?)tensor.Elements));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<Tensor> Tensors { get; }

    public override ModelSource Source { get; }

    /// <summary>The identifier of the schema is behind the offset of the first table.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> start) => start.Length >= 8 && start[4..8].SequenceEqual("TFL3"u8);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
    }

    private Tensor Open(TfliteTensor tensor, string name) =>
        new(name, tensor.Type, tensor.Shape, _file.Slice(tensor.Elements.Offset, tensor.Elements.Length));
}
