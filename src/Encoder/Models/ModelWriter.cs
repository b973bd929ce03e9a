namespace Weightless.Encoder.Models;

/// <summary>Writes a model in the format that the output's extension names, all of it or nothing.</summary>
public static class ModelWriter
{
    /// <summary>Writes tensors that are in memory.</summary>
    public static void Write(string path, IEnumerable<Tensor> tensors) => Write(path, tensors.Select(TensorSource.From));

    /// <summary>Writes tensors whose data is produced while it is written.</summary>
    /// <exception cref="ModelLimitException">The format cannot hold this model.</exception>
    /// <exception cref="ModelFormatException">Two tensors have one name, or one's data is damaged.</exception>
    /// <exception cref="OutputException">The output's name ends like that of no format.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    public static void Write(string path, IEnumerable<TensorSource> sources)
    {
        Action<Stream, IReadOnlyList<TensorSource>> write = Path.GetExtension(path) switch
        {
            ".safetensors" => SafetensorsWriter.Write,
            ".npz" => NpzWriter.Write,
            ".npy" => NpyWriter.Write,
            _ => throw new OutputException("a model's name must end in .safetensors, .npz or .npy"),
        };

        TensorSource[] tensors = [.. sources];
        using var file = new AtomicFile(path);
        write(file.Stream, tensors);
        file.Commit();
    }

    /// <summary>What every format asks of a model: distinct names, and shapes within the limits.</summary>
    internal static void Check(IReadOnlyList<TensorSource> tensors, int maxNameBytes = TensorLimits.MaxNameBytes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorSource tensor in tensors)
        {
            TensorLimits.CheckName(tensor.Name, maxNameBytes);
            if (!names.Add(tensor.Name))
                throw new ModelFormatException($"two tensors are named {ModelFormatException.Quote(tensor.Name)}");
            _ = tensor.ByteLength;
        }
    }
}
