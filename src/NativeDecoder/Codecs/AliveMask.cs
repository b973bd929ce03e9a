using System.Numerics;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>Which rows, or columns, hold any non-zero: bit i of byte i / 8 is set for those. Without bits all do.</summary>
internal unsafe struct AliveMask
{
    private byte* _bits;

    public readonly bool IsNull => _bits == null;

    /// <summary>How many are alive.</summary>
    public ulong Alive { get; private set; }

    /// <summary>A mask in which all are alive.</summary>
    public static AliveMask All(ulong length) => new() { Alive = length };

    /// <summary>Reads a mask of <paramref name="length"/> bits; those that fill its last byte must be zero.</summary>
    public static bool TryRead(ref ByteReader reader, ulong length, out AliveMask mask)
    {
        mask = default;
        if (!reader.TryBytes(length / 8 + (length % 8 != 0 ? 1u : 0), out byte* bits))
            return false;
        mask._bits = bits;
        mask.Alive = mask.Count(0, length);
        return length % 8 == 0 || bits[length / 8] >> (int)(length % 8) == 0;
    }

    public readonly bool this[ulong i] => _bits == null || (_bits[i / 8] >> (int)(i % 8) & 1) != 0;

    /// <summary>How many in [start, end) are alive.</summary>
    public readonly ulong Count(ulong start, ulong end)
    {
        if (_bits == null)
            return end - start;
        ulong count = 0;
        ulong i = start;
        for (; i < end && i % 8 != 0; i++)
            count += this[i] ? 1u : 0;
        for (; i + 64 <= end; i += 64)
            count += (uint)BitOperations.PopCount(*(ulong*)(_bits + i / 8));
        for (; i + 8 <= end; i += 8)
            count += (uint)BitOperations.PopCount(_bits[i / 8]);
        if (i < end)
            count += (uint)BitOperations.PopCount(_bits[i / 8] & (1u << (int)(end - i)) - 1);
        return count;
    }
}
