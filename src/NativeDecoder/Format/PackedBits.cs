namespace Weightless.NativeDecoder.Format;

/// <summary>Numbers of a few bits each, one behind the other, lowest bits first.</summary>
internal static unsafe class PackedBits
{
    /// <summary>The most bits of one number, so that it lies in 8 bytes wherever it begins.</summary>
    public const int MaxWidth = 57;

    /// <summary>Bytes of so many numbers. Both come from a checked entry, so that nothing overflows.</summary>
    public static ulong Bytes(ulong count, int width) => (count * (ulong)width + 7) / 8;

    /// <summary>Number <paramref name="index"/>; no byte behind its last bit is read.</summary>
    public static ulong ReadWide(byte* bytes, ulong index, int width)
    {
        ulong bit = index * (ulong)width;
        byte* at = bytes + bit / 8;
        int used = (int)(bit % 8);
        ulong value = 0;
        for (int have = 0; have < used + width; have += 8)
            value |= (ulong)*at++ << have;
        return value >> used & (1ul << width) - 1;
    }

    /// <summary>The same for at most 8 bits.</summary>
    public static uint Read(byte* bytes, ulong index, int width)
    {
        ulong bit = index * (ulong)width;
        byte* at = bytes + bit / 8;
        int used = (int)(bit % 8);
        uint value = *at;
        if (used + width > 8)
            value |= (uint)at[1] << 8;
        return value >> used & (1u << width) - 1;
    }
}
