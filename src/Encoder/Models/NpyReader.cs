using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>A .npy: one array without a name, mapped. Fortran order is copied into C order when the data is asked for.</summary>
public sealed class NpyReader : ModelFile
{
    private readonly MappedFile _file;

    internal NpyReader(FileStream stream, string name)
    {
        _file = new MappedFile(stream);
        try
        {
            Tensors = [Read(_file, name)];
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<Tensor> Tensors { get; }

    internal static bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(NpyHeader.Magic);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
    }

    private static Tensor Read(MappedFile file, string name)
    {
        int prefix = (int)Math.Min(file.Length, NpyHeader.PrefixBytes);
        int dataStart = NpyHeader.MeasureFrom(file.Slice(0, prefix).Span);
        if (dataStart > file.Length)
            throw new ModelFormatException($"the .npy header takes {dataStart} bytes but the file has {file.Length}");

        NpyHeader header = NpyHeader.Parse(file.Slice(0, dataStart).Span);
        int bytes = TensorLimits.ByteLength(name, header.Type, header.Shape);
        if (file.Length - dataStart != bytes)
        {
            throw new ModelFormatException(
                $"the .npy header asks for {bytes} bytes of data but the file has {file.Length - dataStart}");
        }

        ReadOnlyMemory<byte> data = file.Slice(dataStart, bytes);
        if (!header.IsTransposed)
            return new Tensor(name, header.Type, header.Shape, data);

        var inOrder = new Recomputed(() => FortranOrder.ToC(data.Span, header.Shape, ElementTypes.Size(header.Type)));
        return new Tensor(name, header.Type, header.Shape, inOrder.Get);
    }
}
