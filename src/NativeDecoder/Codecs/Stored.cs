using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>Method <c>stored</c>: the tensor's own elements, aligned, so that they can also be used where they lie.</summary>
internal static unsafe class Stored
{
    public static Status Decode(in TensorEntry entry, in Band band, ElementType output, byte* dst)
    {
        int size = ElementTypes.Size(entry.Type);
        byte* source = entry.Section + band.First * (ulong)size;
        if (output == entry.Type)
        {
            Buffer.MemoryCopy(source, dst, band.Weights * (ulong)size, band.Weights * (ulong)size);
            return Status.Ok;
        }
        return size switch
        {
            1 => Convert(entry.Type, source, output, dst, band.Weights),
            2 => Convert(entry.Type, (ushort*)source, output, dst, band.Weights),
            _ => Convert(entry.Type, (uint*)source, output, dst, band.Weights),
        };
    }

    private static Status Convert<T>(ElementType type, T* source, ElementType output, byte* dst, ulong count) where T : unmanaged
    {
        bool wide = ElementTypes.Size(output) == 4;
        for (ulong i = 0; i < count; i++)
        {
            uint bits = 0;
            *(T*)&bits = source[i];
            bits = Palette.Convert(bits, type, output);
            if (wide)
                ((uint*)dst)[i] = bits;
            else
                ((ushort*)dst)[i] = (ushort)bits;
        }
        return Status.Ok;
    }
}
