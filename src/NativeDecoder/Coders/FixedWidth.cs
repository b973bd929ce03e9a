using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Coders;

/// <summary>Coder <c>none</c>: every symbol in as many bits as its alphabet needs.</summary>
internal unsafe struct FixedWidth : ISymbolDecoder
{
    private BitReader _bits;
    private Alphabets _alphabets;
    private byte* _start;
    private byte* _end;

    public static int TableBytes(in Alphabets alphabets) => 0;

    public bool TryOpen(ref ByteReader reader, in Alphabets alphabets, byte* tables)
    {
        _alphabets = alphabets;
        _start = reader.Position;
        _end = _start + reader.Left;
        _bits = new BitReader(_start, _end);
        return true;
    }

    /// <summary>Goes to symbol <paramref name="index"/> of a stream that has one alphabet only.</summary>
    public bool TrySeek(ulong index)
    {
        ulong bit = index * (ulong)_alphabets.Bits(0);
        if (bit / 8 > (ulong)(_end - _start))
            return false;
        _bits = new BitReader(_start + bit / 8, _end);
        _bits.Peek();
        _bits.Take((int)(bit % 8));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int alphabet)
    {
        int bits = _alphabets.Bits(alphabet);
        uint symbol = _bits.Peek() & ((1u << bits) - 1);
        _bits.Take(bits);
        return symbol;
    }

    public readonly bool RanOver => _bits.RanOver;
}
