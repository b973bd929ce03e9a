using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>The one hash that a group of a coupled filter has: its bases are slices from the top, its mask the low bits.</summary>
internal static class CoupledHash
{
    /// <summary>What the counter behind the hash grows by from group to group.</summary>
    public const ulong Golden = 0x9e3779b97f4a7c15;

    public const ulong Multiplier = 0xd6e8feb86659fd93;

    /// <summary>One multiplication; the fast kernels bring the multiplier in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong x, ulong multiplier = Multiplier)
    {
        x ^= x >> 32;
        x *= multiplier;
        return x ^ (x >> 32);
    }

    /// <summary>The counter of a piece's first group.</summary>
    public static ulong Counter(ulong seed, uint piece) => Mix(seed * Golden + piece);

    /// <summary>First cell of hash <paramref name="j"/>, counted from the group's y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Base(ulong hash, int j, int spanLog2) =>
        ((uint)j << spanLog2) + (spanLog2 == 0 ? 0 : (uint)((hash << (j * spanLog2)) >> (64 - spanLog2)));
}
