using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// Canonical Huffman codes of at most 12 bits (Deep Compression, section 4, uses Huffman codes for ids and gaps), so that
/// one table of 4,096 entries decodes any symbol with one look-up. Only complete codes are taken: any bits are a symbol.
/// </summary>
internal unsafe struct Huffman : ISymbolDecoder
{
    public const int MaxLength = 12;

    // In the list of code lengths: a run of zeros, and a run of the length before it.
    public const int ZeroRun = 13;
    public const int RepeatRun = 14;
    public const int MinRun = 3;

    private const int TableLength = 1 << MaxLength;

    private BitReader _bits;
    private ushort* _tables;

    public static int TableBytes(in Alphabets alphabets) => alphabets.Count * TableLength * sizeof(ushort);

    public bool TryOpen(ref ByteReader reader, in Alphabets alphabets, byte* tables)
    {
        _tables = (ushort*)tables;
        byte* lengths = stackalloc byte[256];
        BitReader bits = new(reader.Position, reader.Position + reader.Left);
        for (int i = 0; i < alphabets.Count; i++)
        {
            if (!TryReadLengths(ref bits, lengths, alphabets.Size(i))
                || !TryFill(_tables + i * TableLength, lengths, alphabets.Size(i), LoneSymbolBits(i)))
                return false;
        }
        _bits = bits;
        return !bits.RanOver;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int alphabet)
    {
        uint entry = _tables[alphabet * TableLength + (int)(_bits.Peek() & (TableLength - 1))];
        _bits.Take((int)(entry & 15));
        return entry >> 4;
    }

    public readonly bool RanOver => _bits.RanOver;

    /// <summary>
    /// Bits that the only used symbol of an alphabet takes: none, but one in the first alphabet, by which a stream advances,
    /// so that no stream is longer than its bytes account for.
    /// </summary>
    public static int LoneSymbolBits(int alphabet) => alphabet == 0 ? 1 : 0;

    private static bool TryReadLengths(ref BitReader bits, byte* lengths, int count)
    {
        for (int i = 0; i < count;)
        {
            uint length = TakeNibble(ref bits);
            if (length <= MaxLength)
            {
                lengths[i++] = (byte)length;
                continue;
            }
            if (length > RepeatRun || length == RepeatRun && i == 0)
                return false;
            byte repeated = length == ZeroRun ? (byte)0 : lengths[i - 1];
            int run = MinRun + (int)TakeNibble(ref bits);
            if (run > count - i)
                return false;
            while (run-- > 0)
                lengths[i++] = repeated;
        }
        return true;
    }

    private static uint TakeNibble(ref BitReader bits)
    {
        uint nibble = bits.Peek() & 15;
        bits.Take(4);
        return nibble;
    }

    /// <summary>
    /// Fills a table of symbol &lt;&lt; 4 | length. Codes go to symbols by length, then by number; they lie bit-reversed, as the
    /// stream is read lowest bit first.
    /// </summary>
    private static bool TryFill(ushort* table, byte* lengths, int count, int loneSymbolBits)
    {
        int used = 0;
        int only = 0;
        uint covered = 0;
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] == 0)
                continue;
            used++;
            only = i;
            covered += (uint)TableLength >> lengths[i];
        }
        if (used <= 1)
        {
            new Span<ushort>(table, TableLength).Fill((ushort)(only << 4 | loneSymbolBits));
            return true;
        }
        if (covered != TableLength)
            return false;

        uint code = 0;
        for (int length = 1; length <= MaxLength; length++)
        {
            code <<= 1;
            for (int i = 0; i < count; i++)
            {
                if (lengths[i] != length)
                    continue;
                uint reversed = Reverse(code++, length);
                for (uint slot = reversed; slot < TableLength; slot += 1u << length)
                    table[slot] = (ushort)(i << 4 | length);
            }
        }
        return true;
    }

    /// <summary>A code with its first bit lowest, as the stream holds it.</summary>
    public static uint Reverse(uint code, int length)
    {
        uint reversed = 0;
        for (int i = 0; i < length; i++)
        {
            reversed = reversed << 1 | code & 1;
            code >>= 1;
        }
        return reversed;
    }
}
