namespace Weightless.Encoder.Models;

/// <summary>Writes a .npy, which holds a single array and no name.</summary>
public static class NpyWriter
{
    public static void Write(Stream stream, IReadOnlyList<TensorSource> tensors)
    {
        if (tensors.Count != 1)
            throw new ModelLimitException($"a .npy holds one tensor, not {tensors.Count}; write .npz or .safetensors instead");
        ModelWriter.Check(tensors);
        WriteArray(stream, tensors[0]);
    }

    internal static byte[] Header(TensorSource tensor) => new NpyHeader(tensor.Type, false, tensor.Shape).ToBytes();

    internal static void WriteArray(Stream stream, TensorSource tensor)
    {
        stream.Write(Header(tensor));
        tensor.CopyTo(stream);
    }
}
