using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>Reads bits, lowest first. Past the end it reads zeros and remembers it.</summary>
internal unsafe struct BitReader(byte* start, byte* end)
{
    private byte* _next = start;
    private readonly byte* _end = end;
    private ulong _buffer;
    private int _count;
    private int _zerosAdded;

    /// <summary>The first byte of which no bit was taken; of no meaning once it <see cref="RanOver"/>.</summary>
    public readonly byte* Position => _next - ((_count - _zerosAdded) >> 3);

    /// <summary>Whether bits beyond the end were taken.</summary>
    public readonly bool RanOver => _count < _zerosAdded;

    /// <summary>At least 16 bits, the next one lowest; those beyond the end are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Peek()
    {
        if (_count < 16)
            Refill();
        return (uint)_buffer;
    }

    /// <summary>Takes up to 16 of the bits that were peeked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(int bits)
    {
        _buffer >>= bits;
        _count -= bits;
    }

    private void Refill()
    {
        if (_end - _next >= 8)
        {
            _buffer |= *(ulong*)_next << _count;
            int bytes = (63 - _count) >> 3;
            _next += bytes;
            _count += bytes * 8;
            // Bits above _count came along: they will be read again.
            _buffer &= ~0ul >> (64 - _count);
            return;
        }
        while (_count < 16)
        {
            if (_next < _end)
                _buffer |= (ulong)*_next++ << _count;
            else if (_zerosAdded < 64)
                _zerosAdded += 8;
            _count += 8;
        }
    }
}
