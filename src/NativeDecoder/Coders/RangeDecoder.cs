using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// A range decoder (Martin 1979; 32-bit range, byte-wise renormalisation, probabilities of 16 bits). The encoder leaves out
/// up to four zero bytes at the end of a stream: they are read as zeros, and what goes further ran over.
/// </summary>
internal unsafe struct RangeDecoder : IBinaryCoder
{
    /// <summary>Bytes that a decoder holds ahead of the decision it makes.</summary>
    public const int Lookahead = 4;

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
        _code = Read(8 * Lookahead);
    }

    public readonly bool RanOver => _zerosRead > Lookahead;

    /// <summary>Decodes a decision; outcome 1 has a share of <paramref name="probability"/> in 65536, neither 0 nor all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decode(uint probability)
    {
        uint bound = Bound(_range, probability);
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
        if (_range < 1u << 24)
            Normalise();
        return bit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Code(uint bit, uint probability) => Decode(probability);

    public uint CodeUniform(uint value, uint count)
    {
        _range /= count;
        value = Math.Min(_code / _range, count - 1);
        _code -= _range * value;
        Normalise();
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Slot(uint start, int bits)
    {
        _range >>= bits;
        return Math.Min(_code / _range, (1u << bits) - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Narrow(uint start, uint frequency, int bits)
    {
        _code -= _range * start;
        _range *= frequency;
        Normalise();
    }

    /// <summary>The part of a range that outcome 1 gets; neither nothing nor all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bound(uint range, uint probability) => (range >> 16) * probability;

    // Without a branch on how many bytes are due: that is what a predictor cannot know. A range is never below 2^8.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Normalise()
    {
        int shift = BitOperations.LeadingZeroCount(_range) & 24;
        _range <<= shift;
        _code = _code << shift | Read(shift);
    }

    /// <summary>The next 0, 8, 16, 24 or 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Read(int bits)
    {
        if (_end - _next < 4)
            return ReadNearEnd(bits);
        uint ahead = BinaryPrimitives.ReverseEndianness(*(uint*)_next);
        _next += bits >> 3;
        return (uint)((ulong)ahead << bits >> 32);
    }

    private uint ReadNearEnd(int bits)
    {
        uint value = 0;
        for (; bits > 0; bits -= 8)
        {
            value <<= 8;
            if (_next < _end)
                value |= *_next++;
            else if (_zerosRead <= Lookahead)
                _zerosRead++;
        }
        return value;
    }
}
