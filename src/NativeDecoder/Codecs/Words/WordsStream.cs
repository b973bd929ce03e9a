using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// A stream of codes, lowest bit first. Below a sentinel, the highest bit that is set, are the bits that are left of the eight bytes at
/// <see cref="Next"/>: how many were taken is how many zeros are above it, and needs no counter.
/// </summary>
internal unsafe struct WordsStream
{
    public const ulong Sentinel = 1ul << 63;

    // Of the 56 bits or more that a refill leaves, so many may be taken before the next one.
    private const int LeastBits = WordsLayout.WordBits;
    private const int MostTaken = 63 - LeastBits;

    public byte* Next;
    public ulong Bits;

    /// <summary>Begins at <paramref name="next"/>; reads nothing at or behind <paramref name="end"/>.</summary>
    public WordsStream(byte* next, byte* end)
    {
        Next = next;
        Bits = Load(next, end) | Sentinel;
    }

    /// <summary>Takes the bits of a code, and leaves at least those of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(int length, byte* end)
    {
        Bits >>= length;
        int taken = BitOperations.LeadingZeroCount(Bits);
        if (taken <= MostTaken)
            return;
        Next += taken >> 3;
        Bits = (Load(Next, end) | Sentinel) >> (taken & 7);
    }

    /// <summary>Whether its last bit is in the byte before <paramref name="end"/>.</summary>
    public readonly bool EndsAt(byte* end) => Next + (BitOperations.LeadingZeroCount(Bits) + 7 >> 3) == end;

    /// <summary>Eight bytes; those that are not there are zeros.</summary>
    private static ulong Load(byte* next, byte* end)
    {
        if (next + sizeof(ulong) <= end)
            return *(ulong*)next;
        ulong bytes = 0;
        for (int i = 0; next + i < end; i++)
            bytes |= (ulong)next[i] << 8 * i;
        return bytes;
    }
}
