using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Coders;

namespace Weightless.Encoder.Coders;

/// <summary>The counterpart of <see cref="RangeDecoder"/>, with carries propagated into bytes that were held back.</summary>
internal struct RangeEncoder(BitWriter output) : IBinaryCoder
{
    private const uint Bottom = 1u << 24;

    private readonly BitWriter _output = output;
    private ulong _low;
    private uint _range = uint.MaxValue;

    // The byte that a carry may still change, and how many 0xff bytes follow it; none before the first.
    private int _held = -1;
    private long _heldOnes;

    public readonly bool RanOver => false;

    /// <summary>Codes a decision whose outcome 1 has a share of <paramref name="probability"/> in 65536.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Encode(uint bit, uint probability)
    {
        uint bound = RangeDecoder.Bound(_range, probability);
        if (bit != 0)
        {
            _range = bound;
        }
        else
        {
            _low += bound;
            _range -= bound;
        }
        Normalise();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Code(uint bit, uint probability)
    {
        Encode(bit, probability);
        return bit;
    }

    public uint CodeUniform(uint value, uint count)
    {
        _range /= count;
        _low += (ulong)_range * value;
        Normalise();
        return value;
    }

    public readonly uint Slot(uint start, int bits) => start;

    public void Narrow(uint start, uint frequency, int bits)
    {
        _range >>= bits;
        _low += (ulong)_range * start;
        _range *= frequency;
        Normalise();
    }

    /// <summary>Ends the stream with as few bytes as the decoder, which reads zeros past the end, can do with.</summary>
    public void Finish()
    {
        for (int bytes = 0; bytes <= RangeDecoder.Lookahead; bytes++)
        {
            ulong mask = (1ul << 8 * (RangeDecoder.Lookahead - bytes)) - 1;
            ulong value = (_low + mask) & ~mask;
            if (value >= _low + _range)
                continue;
            _low = value;
            for (int i = 0; i < bytes; i++)
                ShiftLow();
            FlushHeld((byte)(_low >> 32));
            return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Normalise()
    {
        while (_range < Bottom)
        {
            _range <<= 8;
            ShiftLow();
        }
    }

    private void ShiftLow()
    {
        if (_low < 0xff000000 || _low > uint.MaxValue)
        {
            FlushHeld((byte)(_low >> 32));
            _held = (byte)(_low >> 24);
        }
        else
        {
            _heldOnes++;
        }
        _low = (_low & 0x00ffffff) << 8;
    }

    private void FlushHeld(byte carry)
    {
        if (_held >= 0)
            _output.WriteByte((byte)(_held + carry));
        for (; _heldOnes > 0; _heldOnes--)
            _output.WriteByte((byte)(0xff + carry));
        _held = -1;
    }
}
