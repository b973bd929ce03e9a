namespace Weightless.Seeds;

/// <summary>Puts a section together byte by byte, sound or not.</summary>
internal sealed class SectionWriter
{
    private readonly List<byte> _bytes = [];

    public SectionWriter Byte(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public SectionWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public SectionWriter Random(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return Bytes(bytes);
    }

    public SectionWriter Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
        return this;
    }

    /// <summary>A mask of so many bits; returns how many are set.</summary>
    public int Mask(Random random, int count)
    {
        byte[] bits = new byte[(count + 7) / 8];
        int set = 0;
        for (int i = 0; i < count; i++)
        {
            int bit = random.Next(2);
            bits[i / 8] |= (byte)(bit << i % 8);
            set += bit;
        }
        _bytes.AddRange(bits);
        return set;
    }

    public byte[] ToArray() => [.. _bytes];
}
