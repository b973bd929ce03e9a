using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Exponent;

/// <summary>Signs and fractions, packed: the same number of bits for each weight, the lowest first.</summary>
internal unsafe struct ExponentBits
{
    private ExponentFormat _format;
    private byte* _start;
    private int _dropped;

    /// <summary>Bits of a weight: its sign, and what is left of its fraction.</summary>
    public int Width { get; private set; }

    /// <summary>Behind the last byte of them.</summary>
    public byte* End { get; private set; }

    /// <summary>Reads and checks; leaves <paramref name="section"/> at the exponents.</summary>
    public static bool TryRead(in TensorEntry entry, ref ByteReader section, out ExponentBits bits)
    {
        bits = new ExponentBits { _format = ExponentFormat.Of(entry.Type) };
        if (!section.TryByte(out byte dropped) || dropped > bits._format.FractionBits)
            return false;
        bits._dropped = dropped;
        bits.Width = 1 + bits._format.FractionBits - dropped;
        // A tensor has at most 2^48 bytes, and so fewer bits than overflow.
        if (!section.TryBytes((entry.Weights * (ulong)bits.Width + 7) / 8, out bits._start))
            return false;
        bits.End = section.Position;
        return true;
    }

    /// <summary>Where a weight's bits begin, for widths of whole bytes.</summary>
    public readonly byte* At(ulong weight) => _start + weight * (ulong)Width / 8;

    /// <summary>The bits of a weight's float.</summary>
    public readonly uint Join(ulong weight, byte exponent)
    {
        ulong bit = weight * (ulong)Width;
        byte* next = _start + bit / 8;
        ulong loaded = End - next >= sizeof(ulong) ? *(ulong*)next : LoadLast(next);
        return _format.Join(exponent, (uint)(loaded >> (int)(bit % 8)) & (uint)((1ul << Width) - 1), _dropped);
    }

    private readonly ulong LoadLast(byte* next)
    {
        ulong loaded = 0;
        for (int i = 0; next + i < End; i++)
            loaded |= (ulong)next[i] << 8 * i;
        return loaded;
    }
}
