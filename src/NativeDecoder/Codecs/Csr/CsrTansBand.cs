using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>A place in a band's stream of tokens: four states that take turns on one stream of bits.</summary>
internal unsafe struct CsrTansBand
{
    public const int StateCount = 4;

    public fixed uint States[StateCount];

    /// <summary>Whose turn it is.</summary>
    public int Turn;

    /// <summary>One behind the weight of the token that was read last.</summary>
    public uint Position;

    /// <summary>The next bit, counted from the first band's first.</summary>
    public ulong Bit;

    /// <summary>Behind the band's last bit.</summary>
    public ulong EndBit;

    /// <summary>The state of the token that was read last, if <see cref="IsAhead"/>: it lies ahead of what was asked for.</summary>
    public uint Ahead;
    public bool IsAhead;

    public static CsrTansBand Open(byte* bands, byte* end, ulong firstByte, uint bytes, int tableLog)
    {
        CsrTansBand band = new() { Bit = firstByte * 8, EndBit = (firstByte + bytes) * 8 };
        ulong states = Load(bands, end, band.Bit);
        for (int i = 0; i < StateCount; i++)
            band.States[i] = (uint)(states >> (i * tableLog)) & (1u << tableLog) - 1;
        band.Bit += (uint)(StateCount * tableLog);
        return band;
    }

    /// <summary>Reads a token, carefully.</summary>
    /// <returns>Its state.</returns>
    public uint Step(ulong* entries, byte* bands, byte* end, int rawBits)
    {
        uint state = States[Turn];
        ulong entry = entries[state];
        int bits = (int)entry & CsrTansTable.BitsMask;
        uint read = (uint)Load(bands, end, Bit) & (1u << bits) - 1;
        Bit += (uint)bits;
        Position += (uint)(entry >> CsrTansTable.AdvanceShift) + (read & (1u << rawBits) - 1);
        States[Turn] = ((uint)entry >> CsrTansTable.StateShift) + (read >> rawBits);
        Turn = Turn + 1 & StateCount - 1;
        return state;
    }

    /// <summary>57 bits or more, the next one lowest; those behind the end are zeros.</summary>
    private static ulong Load(byte* bands, byte* end, ulong bit)
    {
        byte* next = bands + (bit >> 3);
        ulong bytes = 0;
        if (next < end && end - next >= sizeof(ulong))
            bytes = Unsafe.ReadUnaligned<ulong>(next);
        else
        {
            for (int i = 0; i < sizeof(ulong) && next + i < end; i++)
                bytes |= (ulong)next[i] << (8 * i);
        }
        return bytes >> (int)(bit & 7);
    }
}
