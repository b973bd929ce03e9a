using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Coders;

/// <summary>Coder <c>none</c>: every symbol in as many bits as its alphabet needs.</summary>
internal unsafe struct FixedWidth : ISymbolDecoder
{
    private BitReader _bits;
    private Alphabets _alphabets;

    public static int TableBytes(in Alphabets alphabets) => 0;

    public bool TryOpen(ref ByteReader reader, in Alphabets alphabets, byte* tables)
    {
        _alphabets = alphabets;
        _bits = new BitReader(reader.Position, reader.Position + reader.Left);
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
