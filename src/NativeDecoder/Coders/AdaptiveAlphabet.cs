using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// An adaptive alphabet that costs little: symbols are counted as they come, the shares that they are coded with are made
/// anew at growing distances.
/// </summary>
internal unsafe struct AdaptiveAlphabet
{
    public const int MaxSymbols = 256;

    private const int Bits = 14;
    private const int LookupShift = 3;
    private const int FirstDistance = 16;
    private const int LastDistance = 1 << 13;
    private const uint Increment = 32;
    private const ulong MaxTotal = 1 << 24;

    private fixed uint _counts[MaxSymbols];
    private fixed ushort _starts[MaxSymbols + 1];
    private fixed byte _lookup[1 << (Bits - LookupShift)];
    private int _symbols;
    private int _distance;
    private int _left;

    public void Reset(int symbols)
    {
        _symbols = symbols;
        _distance = FirstDistance;
        for (int i = 0; i < symbols; i++)
            _counts[i] = 1;
        ShareOut();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Code<TCoder>(ref TCoder coder, int symbol) where TCoder : struct, IBinaryCoder
    {
        uint slot = coder.Slot(_starts[symbol], Bits);
        symbol = _lookup[slot >> LookupShift];
        while (_starts[symbol + 1] <= slot)
            symbol++;
        coder.Narrow(_starts[symbol], (uint)_starts[symbol + 1] - _starts[symbol], Bits);
        _counts[symbol] += Increment;
        if (--_left == 0)
            ShareOut();
        return symbol;
    }

    private void ShareOut()
    {
        ulong total = 0;
        for (int i = 0; i < _symbols; i++)
            total += _counts[i];
        if (total > MaxTotal)
        {
            total = 0;
            for (int i = 0; i < _symbols; i++)
                total += _counts[i] -= _counts[i] >> 1;
        }

        // One place for every symbol, the rest by counts; summed first and rounded then, so that they always add up.
        ulong sum = 0;
        ulong rest = (ulong)((1 << Bits) - _symbols);
        int filled = 0;
        for (int i = 0; i < _symbols; i++)
        {
            _starts[i] = (ushort)(sum * rest / total + (ulong)i);
            sum += _counts[i];
            int stop = (int)(sum * rest / total) + i + 1;
            for (; filled << LookupShift < stop; filled++)
                _lookup[filled] = (byte)i;
        }
        _starts[_symbols] = 1 << Bits;
        _left = _distance;
        _distance = Math.Min(_distance + (_distance >> 1), LastDistance);
    }
}
