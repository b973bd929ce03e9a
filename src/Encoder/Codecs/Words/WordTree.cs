namespace Weightless.Encoder.Codecs.Words;

/// <summary>
/// A parse tree: each inner node has a child for each common symbol, and the leaves are words. Words are numbered in pre-order.
/// </summary>
internal sealed class WordTree
{
    private readonly int _symbols;
    private readonly int _wordLength;
    // For node and symbol: the child's number, or the complement of a word's.
    private readonly List<int> _children = [];

    private WordTree(int symbols, int wordLength, int likeliest)
    {
        _symbols = symbols;
        _wordLength = wordLength;
        Likeliest = likeliest;
        AddNode();
    }

    /// <summary>L, the most symbols of a word.</summary>
    public int WordLength => _wordLength;

    public int Words { get; private set; }

    /// <summary>The most probable symbol.</summary>
    public int Likeliest { get; }

    /// <summary>Grows a tree by giving children to the likeliest leaf, as long as it has room for them (Tunstall).</summary>
    /// <param name="shares">The probability of each symbol.</param>
    public static WordTree Grow(double[] shares, int wordLength, int maxWords)
    {
        WordTree tree = new(shares.Length, wordLength, Array.IndexOf(shares, shares.Max()));
        PriorityQueue<(int Slot, int Depth), double> leaves = new();
        for (int i = 0; i < shares.Length; i++)
            leaves.Enqueue((i, 1), -shares[i]);
        for (int words = shares.Length; words + shares.Length - 1 <= maxWords && leaves.TryDequeue(out var leaf, out double share);)
        {
            if (leaf.Depth == wordLength)
                continue;
            int node = tree.AddNode();
            tree._children[leaf.Slot] = node;
            for (int i = 0; i < shares.Length; i++)
                leaves.Enqueue((node * shares.Length + i, leaf.Depth + 1), share * shares[i]);
            words += shares.Length - 1;
        }
        tree.Number(0);
        return tree;
    }

    /// <summary>The word that symbols begin with, and how many of them it is; if they end before it does, one that goes on from there.</summary>
    public int Find(ReadOnlySpan<byte> symbols, out int length)
    {
        int node = 0;
        for (length = 0; ; length++)
        {
            int child = _children[node * _symbols + (length < symbols.Length ? symbols[length] : Likeliest)];
            if (child < 0)
            {
                length = Math.Min(length + 1, symbols.Length);
                return ~child;
            }
            node = child;
        }
    }

    /// <summary>The nodes but the root in pre-order, whether each has children; none of those that must be leaves.</summary>
    public IEnumerable<bool> Nodes() => Nodes(0, 1);

    private IEnumerable<bool> Nodes(int node, int depth)
    {
        for (int i = 0; i < _symbols && depth < _wordLength; i++)
        {
            int child = _children[node * _symbols + i];
            yield return child >= 0;
            if (child < 0)
                continue;
            foreach (bool inner in Nodes(child, depth + 1))
                yield return inner;
        }
    }

    private int AddNode()
    {
        _children.AddRange(Enumerable.Repeat(0, _symbols));
        return _children.Count / _symbols - 1;
    }

    // Node 0 is nobody's child: it stands for a leaf that has no number yet.
    private void Number(int node)
    {
        for (int i = node * _symbols; i < (node + 1) * _symbols; i++)
        {
            if (_children[i] == 0)
                _children[i] = ~Words++;
            else
                Number(_children[i]);
        }
    }
}
