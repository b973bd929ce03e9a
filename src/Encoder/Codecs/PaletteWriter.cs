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

    /// <summary>See <see cref="Palette.TryReadPacked"/>.</summary>
    public static void WritePacked(ClusteredTensor tensor, BitWriter section)
    {
        if (ElementTypes.IsFloat(tensor.Type) || tensor.Clusters <= Palette.SetBytes)
        {
            Write(tensor, section);
            return;
        }
        section.WriteByte((byte)tensor.Clusters);
        byte[] set = new byte[Palette.SetBytes];
        int lowest = tensor.Type == ElementType.I8 ? sbyte.MinValue : 0;
        foreach (uint bits in tensor.Centroids)
        {
            int rank = (tensor.Type == ElementType.I8 ? (sbyte)bits : (byte)bits) - lowest;
            set[rank / 8] |= (byte)(1 << rank % 8);
        }
        if (tensor.Clusters < Limits.MaxClusters)
            section.WriteBytes(set);
        section.WriteVarint((ulong)tensor.Nonzeros);
    }
}
