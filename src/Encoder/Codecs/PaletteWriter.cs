using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs;

/// <summary>What every section but a stored one begins with: see <see cref="Palette"/>.</summary>
internal static class PaletteWriter
{
    public static void Write(ClusteredTensor tensor, BitWriter section)
    {
        section.WriteByte((byte)tensor.Clusters);
        int size = ElementTypes.Size(tensor.CodebookType);
        foreach (uint bits in tensor.Centroids)
            section.WriteBytes(BitConverter.GetBytes(Palette.Convert(bits, tensor.Type, tensor.CodebookType)).AsSpan(0, size));
        section.WriteVarint((ulong)tensor.Nonzeros);
    }
}
