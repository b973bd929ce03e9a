using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// A binary range decoder (Martin 1979; 32-bit range, byte-wise renormalisation, probabilities of 16 bits). The encoder
/// leaves out up to four zero bytes at the end of a stream: they are read as zeros, and what goes further ran over.
/// </summary>
internal unsafe struct RangeDecoder
{
    /// <summary>Bytes that a decoder holds ahead of the decision it makes.</summary>
    public const int Lookahead = 4;

    private const uint Bottom = 1u << 24;

    private byte* _next;
    private readonly byte* _end;
    private uint _range;
    private uint _code;
    private uint _zerosRead;

    public RangeDecoder(byte* start, byte* end)
    {
        _next = start;
        _end = end;
        _range = uint.MaxValue;
        for (int i = 0; i < Lookahead; i++)
            _code = _code << 8 | NextByte();
    }

    public readonly bool RanOver => _zerosRead > Lookahead;

    /// <summary>Decodes a decision whose outcome 1 has a share of <paramref name="probability"/> in 65536, neither 0 nor all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decode(uint probability)
    {
        uint bound = (_range >> 16) * probability;
        uint bit;
        if (_code < bound)
        {
            _range = bound;
            bit = 1;
        }
        else
        {
            _code -= bound;
            _range -= bound;
            bit = 0;
        }
        while (_range < Bottom)
        {
            _range <<= 8;
            _code = _code << 8 | NextByte();
        }
        return bit;
    }

    private uint NextByte()
    {
        if (_next < _end)
            return *_next++;
        if (_zerosRead <= Lookahead)
            _zerosRead++;
        return 0;
    }
}
