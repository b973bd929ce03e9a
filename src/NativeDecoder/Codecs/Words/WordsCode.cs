using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The description of a code: which ids are rare, the parse tree that makes words of the others, and the lengths of the words' codes.
/// </summary>
internal static unsafe class WordsCode
{
    private const int MaxDepth = 16;

    /// <summary>Reads it, makes the tables for it, and leaves the reader behind its last byte.</summary>
    /// <param name="table">The element of each id.</param>
    /// <param name="rare">Gets the elements that have no code.</param>
    public static bool TryRead<T>(ref ByteReader reader, int wordLength, int clusters, T* table, byte* tables, ref WordsPatches rare)
        where T : unmanaged
    {
        BitReader bits = new(reader.Position, reader.Position + reader.Left);
        bool isRead = wordLength > 1 ? TryReadWords(ref bits, wordLength, clusters, table, tables, ref rare)
            : sizeof(T) == sizeof(uint) ? TryReadSingles(ref bits, clusters, table, (ulong*)tables, ref rare)
            : TryReadSingles(ref bits, clusters, table, (uint*)tables, ref rare);
        return isRead && !bits.RanOver && reader.TryBytes((ulong)(bits.Position - reader.Position), out _);
    }

    /// <summary>A length for each id; 0 is a rare one's.</summary>
    private static bool TryReadSingles<T, TEntry>(ref BitReader bits, int clusters, T* table, TEntry* tables, ref WordsPatches rare)
        where T : unmanaged where TEntry : unmanaged
    {
        byte* lengths = stackalloc byte[Limits.MaxClusters + 1];
        TEntry* entries = stackalloc TEntry[Limits.MaxClusters + 1];
        if (!WordsLengths.TryRead(ref bits, WordsLayout.SingleBits, lengths, clusters + 1))
            return false;
        for (int id = 0; id <= clusters; id++)
        {
            entries[id] = default;
            *(T*)((byte*)(entries + id) + sizeof(TEntry) / 2) = table[id];
            if (lengths[id] == 0)
                rare.Add(table[id]);
        }
        WordsTable.Fill(tables, WordsLayout.SingleBits, lengths, entries, clusters + 1);
        return true;
    }

    /// <summary>A bit for each id, 1 if it is in words; the tree; a length for each word.</summary>
    private static bool TryReadWords<T>(ref BitReader bits, int wordLength, int clusters, T* table, byte* tables, ref WordsPatches rare)
        where T : unmanaged
    {
        T* common = stackalloc T[Limits.MaxClusters + 1];
        int count = 0;
        for (int id = 0; id <= clusters; id++)
        {
            if (TakeBit(ref bits))
                common[count++] = table[id];
            else
                rare.Add(table[id]);
        }
        byte* lengths = stackalloc byte[WordsLayout.MaxWords];
        uint* entries = stackalloc uint[WordsLayout.MaxWords];
        int words = count < 2 ? 0 : ReadTree(ref bits, wordLength, common, count, (T*)WordsTable.Words(tables), entries);
        if (words == 0 || !WordsLengths.TryRead(ref bits, WordsLayout.WordBits, lengths, words)
            || new Span<byte>(lengths, words).Contains((byte)0))
            return false;
        WordsTable.Fill((uint*)tables, WordsLayout.WordBits, lengths, entries, words);
        return true;
    }

    /// <summary>
    /// The tree in pre-order, a bit for each node but the root: 1 if it has children, one for each common id. A leaf is the word of the
    /// ids on the way to it. A node that makes a word full is a leaf without a bit.
    /// </summary>
    /// <returns>The number of words; 0 if they are too many.</returns>
    private static int ReadTree<T>(ref BitReader bits, int wordLength, T* common, int count, T* words, uint* entries)
        where T : unmanaged
    {
        T* path = stackalloc T[MaxDepth];
        int* children = stackalloc int[MaxDepth];
        int found = 0;
        children[0] = 0;
        for (int depth = 0; depth >= 0;)
        {
            if (children[depth] == count)
            {
                depth--;
                continue;
            }
            path[depth] = common[children[depth]++];
            if (depth + 1 < wordLength && TakeBit(ref bits))
            {
                children[++depth] = 0;
                continue;
            }
            if (found == WordsLayout.MaxWords)
                return 0;
            T* word = words + found * wordLength;
            for (int i = 0; i < wordLength; i++)
                word[i] = path[Math.Min(i, depth)];
            entries[found++] = WordsTable.Entry((int)((byte*)word - (byte*)words), (depth + 1) * sizeof(T));
        }
        return found;
    }

    private static bool TakeBit(ref BitReader bits)
    {
        bool bit = (bits.Peek() & 1) != 0;
        bits.Take(1);
        return bit;
    }
}
