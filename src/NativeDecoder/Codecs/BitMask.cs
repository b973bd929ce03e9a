using System.Numerics;
using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// One bit for each row or column, lowest first, set for those that are alive: that have a weight other than the background.
/// Without bits all are.
/// </summary>
internal readonly unsafe struct BitMask(byte* bits)
{
    public bool IsNull => bits == null;

    public bool this[ulong index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => bits == null || (bits[index >> 3] >> (int)(index & 7) & 1) != 0;
    }

    /// <summary>Bytes of a mask of so many bits.</summary>
    public static ulong Bytes(ulong length) => length / 8 + (length % 8 != 0 ? 1u : 0);

    /// <summary>Reads a mask of <paramref name="length"/> bits; those that fill its last byte must be zero.</summary>
    public static bool TryRead(ref ByteReader reader, ulong length, out BitMask mask)
    {
        mask = default;
        if (!reader.TryBytes(Bytes(length), out byte* bits))
            return false;
        mask = new BitMask(bits);
        return length % 8 == 0 || bits[length / 8] >> (int)(length % 8) == 0;
    }

    public void Clear(ulong length) => new Span<byte>(bits, (int)Bytes(length)).Clear();

    public void Set(ulong index, uint bit) => bits[index >> 3] |= (byte)(bit << (int)(index & 7));

    /// <summary>How many of [start, end) are alive.</summary>
    public ulong Count(ulong start, ulong end)
    {
        if (bits == null)
            return end - start;
        ulong count = 0;
        ulong i = start;
        for (; i < end && i % 8 != 0; i++)
            count += this[i] ? 1u : 0;
        for (; i + 64 <= end; i += 64)
            count += (uint)BitOperations.PopCount(*(ulong*)(bits + i / 8));
        for (; i + 8 <= end; i += 8)
            count += (uint)BitOperations.PopCount(bits[i / 8]);
        if (i < end)
            count += (uint)BitOperations.PopCount(bits[i / 8] & (1u << (int)(end - i)) - 1);
        return count;
    }

    /// <summary>The first of [start, end) that is not what the one at <paramref name="start"/> is, alive or dead; their end if there is none.</summary>
    public ulong EndOfRun(ulong start, ulong end)
    {
        if (bits == null)
            return end;
        ulong same = this[start] ? ulong.MaxValue : 0;
        for (ulong i = start; i < end;)
        {
            int used = (int)(i % 8);
            int loaded = i + 64 <= end ? 64 : 8;
            ulong bytes = loaded == 64 ? *(ulong*)(bits + i / 8) : bits[i / 8] | same << 8;
            ulong others = (bytes ^ same) >> used;
            if (others != 0)
                return Math.Min(i + (uint)BitOperations.TrailingZeroCount(others), end);
            i += (uint)(loaded - used);
        }
        return end;
    }
}
