using Weightless.Encoder.Models.Onnx;

namespace Weightless.Encoder.Models;

/// <summary>An open model: its tensors, in the order of the file. Disposing it ends the life of their data.</summary>
public abstract class ModelFile : IDisposable
{
    private const int LongestMagic = 9;

    public abstract IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Opens a model as what its first bytes say it is: .npz, .npy, safetensors or else ONNX.</summary>
    /// <exception cref="ModelFormatException">The file is none of them, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ModelFile Open(string path)
    {
        FileStream stream = MappedFile.OpenStream(path, "an ONNX, safetensors, npz or npy file");
        try
        {
            Span<byte> magic = stackalloc byte[LongestMagic];
            magic = magic[..stream.ReadAtLeast(magic, LongestMagic, throwOnEndOfStream: false)];
            stream.Position = 0;

            if (NpzReader.Recognizes(magic))
                return new NpzReader(stream);
            if (NpyReader.Recognizes(magic))
                return new NpyReader(stream, Path.GetFileNameWithoutExtension(path));
            if (SafetensorsReader.Recognizes(magic))
                return new SafetensorsReader(stream);
            if (OnnxReader.Recognizes(magic))
                return new OnnxReader(stream);
            throw new ModelFormatException("not an ONNX, safetensors, npz or npy file");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
