using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// The counter of a context: like <see cref="AdaptiveBit"/> 22 bits of probability above a 10-bit count, with a rate of
/// 1 / (count + bias + 1) and a limit that its user chooses. State 0 is a context that has seen nothing.
/// </summary>
internal static unsafe class ContextCounter
{
    public const int MaxLimit = 1023;
    public const int MaxBias = 15;

    /// <summary>Room for a table of rates.</summary>
    public const int Rates = MaxLimit + MaxBias + 1;

    /// <summary>65536 / (n + 1): a table, since it is cheaper than a division for every counter of every decision.</summary>
    public static void FillRates(ushort* rates)
    {
        for (int n = 0; n < Rates; n++)
            rates[n] = (ushort)Math.Min(65536 / (n + 1), 65535);
    }

    public static uint Start(uint probability) => probability << 16;

    public static bool IsNew(uint state) => (state & MaxLimit) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Update(uint* state, uint bit, int bias, int limit, ushort* rates) =>
        *state = Next(*state, bit != 0 ? (1 << 22) - 1 : 0, bias, limit, rates);

    /// <summary>The state after <paramref name="target"/>, of 22 bits, was seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Next(uint state, int target, int bias, int limit, ushort* rates)
    {
        int count = (int)(state & MaxLimit);
        int p = (int)(state >> 10);
        p += (int)((long)(target - p) * rates[count + bias] >> 16);
        return (uint)p << 10 | (uint)(count < limit ? count + 1 : count);
    }
}
