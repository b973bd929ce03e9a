using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The look-up table, indexed by the next bits of a stream, and the words behind it. Where words are single weights, an entry
/// is a code's length and, in its upper half, the weight's element. Otherwise it is the length, the place of the word among
/// the words and, in the top byte, the bytes that the word makes.
/// </summary>
internal static unsafe class WordsTable
{
    public const int PlaceShift = 8;
    public const int SizeShift = 24;

    private const int WordsOffset = sizeof(uint) << WordsLayout.WordBits;

    /// <summary>Bytes of table and words, for elements of so many bytes.</summary>
    public static int Bytes(in WordsLayout layout, int elementSize) => layout.WordLength > 1
        ? WordsOffset + WordsLayout.MaxWords * layout.WordLength * elementSize
        : (elementSize == sizeof(uint) ? sizeof(ulong) : sizeof(uint)) << WordsLayout.SingleBits;

    /// <summary>Where the words are: L elements each, whatever their number of weights.</summary>
    public static byte* Words(byte* tables) => tables + WordsOffset;

    /// <summary>A word's entry, but for its code's length.</summary>
    public static uint Entry(int place, int size) => (uint)place << PlaceShift | (uint)size << SizeShift;

    /// <summary>
    /// Gives out the codes, by length and then by number. They lie with their first bit lowest, so that the table for one more bit is
    /// the table so far, twice, and then the new codes.
    /// </summary>
    /// <param name="lengths">Of a complete code; 0 for no code.</param>
    public static void Fill<TEntry>(TEntry* table, int bits, byte* lengths, TEntry* entries, int count) where TEntry : unmanaged
    {
        ushort* order = stackalloc ushort[WordsLayout.MaxWords];
        int* end = stackalloc int[bits + 1];
        Sort(lengths, count, bits, order, end);
        uint code = 0;
        for (int length = 1; length <= bits; length++)
        {
            uint half = 1u << (length - 1);
            Unsafe.CopyBlockUnaligned(table + half, table, half * (uint)sizeof(TEntry));
            for (int i = end[length - 1]; i < end[length]; i++)
            {
                table[code] = entries[order[i]];
                *(byte*)(table + code) = (byte)length;
                // The next code, whose lowest bit is our highest.
                uint bit = half;
                for (; (code & bit) != 0; bit >>= 1)
                    code ^= bit;
                code |= bit;
            }
        }
    }

    /// <summary>Numbers by length; those of one length begin where the length before ends.</summary>
    private static void Sort(byte* lengths, int count, int longest, ushort* order, int* end)
    {
        new Span<int>(end, longest + 1).Clear();
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] < longest)
                end[lengths[i] + 1]++;
        }
        for (int length = 1; length <= longest; length++)
            end[length] += end[length - 1];
        for (int i = 0; i < count; i++)
            order[end[lengths[i]]++] = (ushort)i;
    }
}
