using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// Reads the symbols that a method is made of. A section's symbols come from up to <see cref="Alphabets.Max"/> alphabets
/// of at most 256 symbols, interleaved in one stream. A decoder is a plain struct in the caller's workspace, so that it
/// can go on in a later call.
/// </summary>
internal unsafe interface ISymbolDecoder
{
    /// <summary>Bytes of tables that <see cref="TryOpen"/> fills, 8-byte aligned.</summary>
    static abstract int TableBytes(in Alphabets alphabets);

    /// <summary>Reads the coder's parameters; the rest of <paramref name="reader"/> is its stream.</summary>
    bool TryOpen(ref ByteReader reader, in Alphabets alphabets, byte* tables);

    /// <summary>The next symbol of an alphabet. Past the end of the stream it is any number below 256.</summary>
    uint Read(int alphabet);

    /// <summary>Whether more was read than the stream holds.</summary>
    bool RanOver { get; }
}

/// <summary>How many symbols each alphabet of a section has, 1..256.</summary>
internal readonly struct Alphabets(int count, int first, int second = 1, int third = 1)
{
    public const int Max = 3;

    public int Count => count;

    public int Size(int alphabet) => alphabet switch { 0 => first, 1 => second, _ => third };

    /// <summary>Bits that hold a symbol of this alphabet.</summary>
    public int Bits(int alphabet) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Size(alphabet) - 1);
}
