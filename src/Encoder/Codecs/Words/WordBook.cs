using System.Numerics;

namespace Weightless.Encoder.Codecs.Words;

/// <summary>Which ids are common, and the tree that makes words of them; the others are rare and patched in.</summary>
internal sealed class WordBook
{
    private const int NoNumber = -1;

    private readonly int[] _rareNumbers;

    /// <param name="counts">How often each id, 0..K, occurs.</param>
    /// <param name="common">So many ids, the most frequent ones, are common; at least two.</param>
    public WordBook(long[] counts, int common, int wordLength, int maxWords)
    {
        int[] ids = [.. Enumerable.Range(0, counts.Length).OrderByDescending(id => counts[id]).Take(common).Order()];
        Tree = WordTree.Grow([.. ids.Select(id => Math.Max(counts[id], 0.5) / Math.Max(counts.Sum(), 1))], wordLength, maxWords);
        _rareNumbers = new int[counts.Length];
        Symbols = new byte[counts.Length];
        for (int id = 0; id < counts.Length; id++)
        {
            int symbol = Array.BinarySearch(ids, id);
            _rareNumbers[id] = symbol < 0 ? Rare++ : NoNumber;
            Symbols[id] = (byte)(symbol < 0 ? Tree.Likeliest : symbol);
        }
    }

    public WordTree Tree { get; }

    /// <summary>The number of ids that are not common.</summary>
    public int Rare { get; }

    /// <summary>Bits that a rare id's number needs.</summary>
    public int RareBits => Rare == 0 ? 0 : BitOperations.Log2((uint)(2 * Rare - 1));

    /// <summary>Of each id: its number among the common ones, or, of a rare id, the likeliest one's.</summary>
    public byte[] Symbols { get; }

    public bool IsCommon(int id) => _rareNumbers[id] == NoNumber;

    /// <summary>A rare id's number among the rare ones.</summary>
    public int RareNumber(int id) => _rareNumbers[id];

    /// <summary>Calls for each word of a stream.</summary>
    public void Parse(ReadOnlySpan<byte> ids, Action<int> visit)
    {
        byte[] symbols = new byte[ids.Length];
        for (int i = 0; i < symbols.Length; i++)
            symbols[i] = Symbols[ids[i]];
        for (ReadOnlySpan<byte> left = symbols; !left.IsEmpty;)
        {
            visit(Tree.Find(left, out int length));
            left = left[length..];
        }
    }
}
