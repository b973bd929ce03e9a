using Weightless.Encoder.Models.Onnx;

namespace Weightless.Encoder.Calibration;

/// <summary>A copy of an ONNX file with other values in some of its f32 tensors.</summary>
internal sealed class ModelPatch(OnnxReader model)
{
    private readonly byte[] _bytes = model.Bytes.ToArray();

    private readonly Dictionary<string, OnnxTensor> _places =
        model.Tensors.Zip(model.Contents).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Puts a tensor's new elements where the old ones lie; they may be in several pieces.</summary>
    public void Replace(string name, ReadOnlySpan<float> values)
    {
        ReadOnlySpan<byte> rest = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values);
        foreach (Extent extent in _places[name].Elements)
        {
            rest[..extent.Length].CopyTo(_bytes.AsSpan(extent.Offset));
            rest = rest[extent.Length..];
        }
    }
}
