namespace Weightless.NativeDecoder.Format;

/// <summary>Reads a range of hostile bytes: every read says whether the bytes were there.</summary>
public unsafe struct ByteReader(byte* start, byte* end)
{
    /// <summary>Where the next read begins.</summary>
    public byte* Position { get; private set; } = start;

    /// <summary>Bytes not yet read.</summary>
    public readonly nuint Left => (nuint)(end - Position);

    public bool TryByte(out byte value)
    {
        value = 0;
        if (Left < 1)
            return false;
        value = *Position++;
        return true;
    }

    /// <summary>Steps over <paramref name="count"/> bytes and says where they lie.</summary>
    public bool TryBytes(ulong count, out byte* bytes)
    {
        bytes = Position;
        if (count > Left)
            return false;
        Position += count;
        return true;
    }

    public bool TryU32(out uint value)
    {
        value = 0;
        if (!TryBytes(4, out byte* bytes))
            return false;
        value = *(uint*)bytes;
        return true;
    }

    /// <summary>
    /// Reads an unsigned LEB128 integer: seven bits a byte, lowest first, the top bit set on all bytes but the last.
    /// Only the shortest form is taken, so that a value has one spelling.
    /// </summary>
    public bool TryVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (!TryByte(out byte b))
                return false;
            if (shift == 63 && b > 1)
                return false;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return b != 0 || shift == 0;
        }
        return false;
    }
}
