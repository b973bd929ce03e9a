using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Bloomier;

/// <summary>What a weight's index is hashed to: three cells, one in each third of the filter, and a mask.</summary>
internal static class BloomierHash
{
    /// <summary>The hash that all others are made of (a multiplicative mixer on 64 bits).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong index, ulong seed)
    {
        ulong x = index * 0x9e3779b97f4a7c15 + seed;
        x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
        x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
        return x ^ x >> 32;
    }

    /// <summary>The cell that hash number <paramref name="which"/> (0..2) chooses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Cell(ulong hash, int which, ulong segment)
    {
        ulong multiplier = which switch { 0 => 0x8ebc6af09c88c6e3, 1 => 0x589965cc75374cc3, _ => 0x1d8e4e27c47d124f };
        return (ulong)which * segment + ((hash * multiplier >> 32) * segment >> 32);
    }

    /// <summary>The mask of a weight, t bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Mask(ulong hash, int cellBits) => (uint)(hash * 0xeb44accab455d165 >> (64 - cellBits));
}
