using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// An adaptive alphabet of up to 32 symbols, of which one for each of many contexts stays in a small cache. It follows the last
/// few thousand symbols.
/// </summary>
internal unsafe struct SmallAlphabet
{
    public const int MaxSymbols = 32;

    private const int LookupShift = 6;
    private const int LastDistance = 1 << 7;
    private const ulong MaxTotal = 1 << 15;

    private fixed uint _counts[MaxSymbols];
    private fixed ushort _starts[MaxSymbols + 2];
    private fixed byte _lookup[1 << (AdaptiveShares.Bits - LookupShift)];
    private int _symbols;
    private int _distance;
    private int _left;

    public void Reset(int symbols)
    {
        _symbols = symbols;
        _distance = AdaptiveShares.FirstDistance(symbols);
        for (int i = 0; i < symbols; i++)
            _counts[i] = 1;
        ShareOut();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Code<TCoder>(ref TCoder coder, int symbol) where TCoder : struct, IBinaryCoder
    {
        fixed (uint* counts = _counts)
        fixed (ushort* starts = _starts)
        fixed (byte* lookup = _lookup)
            symbol = AdaptiveShares.Code(ref coder, symbol, counts, starts, lookup, LookupShift);
        if (--_left == 0)
            ShareOut();
        return symbol;
    }

    private void ShareOut()
    {
        fixed (uint* counts = _counts)
        fixed (ushort* starts = _starts)
        fixed (byte* lookup = _lookup)
            AdaptiveShares.ShareOut(counts, starts, lookup, LookupShift, _symbols, MaxTotal);
        _left = _distance;
        _distance = AdaptiveShares.NextDistance(_distance, LastDistance);
    }
}
