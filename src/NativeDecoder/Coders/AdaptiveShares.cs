using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// How an adaptive alphabet is coded, whatever its size: symbols are counted as they come, and the shares that they are coded
/// with are made anew at growing distances, so that counting is all that most symbols cost.
/// </summary>
internal static unsafe class AdaptiveShares
{
    /// <summary>Shares are in 2^14.</summary>
    public const int Bits = 14;

    /// <summary>What a symbol adds to its count; all begin at 1.</summary>
    private const uint Increment = 8;

    /// <summary>Symbols from the start until the shares are made anew for the first time.</summary>
    public static int FirstDistance(int symbols) => 8 + symbols / 8;

    /// <summary>The distance that follows another, up to a last one.</summary>
    public static int NextDistance(int distance, int last) => Math.Min(distance + distance / 4, last);

    /// <summary>Codes a symbol and counts it.</summary>
    /// <param name="starts">Where each share starts, and behind the last one 2^14.</param>
    /// <param name="lookup">The symbol that owns the first place of every 2^<paramref name="shift"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Code<TCoder>(ref TCoder coder, int symbol, uint* counts, ushort* starts, byte* lookup, int shift)
        where TCoder : struct, IBinaryCoder
    {
        uint slot = coder.Slot(starts[symbol], Bits);
        symbol = lookup[slot >> shift];
        while (starts[symbol + 1] <= slot)
            symbol++;
        coder.Narrow(starts[symbol], (uint)starts[symbol + 1] - starts[symbol], Bits);
        counts[symbol] += Increment;
        return symbol;
    }

    /// <summary>Makes shares and look-up from the counts, which are halved first where their sum is larger than allowed.</summary>
    public static void ShareOut(uint* counts, ushort* starts, byte* lookup, int shift, int symbols, ulong maxTotal)
    {
        ulong total = 0;
        for (int i = 0; i < symbols; i++)
            total += counts[i];
        if (total > maxTotal)
        {
            total = 0;
            for (int i = 0; i < symbols; i++)
                total += counts[i] -= counts[i] >> 1;
        }

        // One place for every symbol, the rest by counts; summed first and rounded then, so that they always add up.
        ulong scale = ((1ul << Bits) - (ulong)symbols << 32) / total;
        ulong sum = 0;
        int filled = 0;
        for (int i = 0; i < symbols; i++)
        {
            starts[i] = (ushort)((sum * scale >> 32) + (ulong)i);
            sum += counts[i];
            int stop = i + 1 < symbols ? (int)(sum * scale >> 32) + i + 1 : 1 << Bits;
            for (; filled << shift < stop; filled++)
                lookup[filled] = (byte)i;
        }
        starts[symbols] = 1 << Bits;
    }
}
