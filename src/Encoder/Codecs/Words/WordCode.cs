using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Codecs.Words;
using Weightless.NativeDecoder.Coders;

namespace Weightless.Encoder.Codecs.Words;

/// <summary>The codes of a book's words, made for some bands, and what these take.</summary>
internal sealed class WordCode
{
    private readonly byte[] _lengths;
    private readonly uint[] _codes;

    public WordCode(WordBook book, WordBands bands)
    {
        Book = book;
        long[] words = new long[book.Tree.Words];
        long rare = 0;
        long weights = 0;
        foreach (ReadOnlyMemory<byte> band in bands.All())
        {
            foreach (ReadOnlyMemory<byte> stream in WordBands.Streams(band))
                book.Parse(stream.Span, word => words[word]++);
            foreach (byte id in band.Span)
                rare += book.IsCommon(id) ? 0 : 1;
            weights += band.Length;
        }
        // Any bits must be a word.
        long[] counts = [.. words.Select(count => Math.Max(count, 1))];
        _lengths = PackageMerge.CodeLengths(counts, Longest);
        _codes = CanonicalCodes(_lengths, Longest);
        GapBits = BestGapBits(weights, rare, book.RareBits, out double patchBits);
        Bits = patchBits;
        for (int word = 0; word < words.Length; word++)
            Bits += words[word] * _lengths[word];
        Words = words.Sum();
        MeanLength = (double)weights / Math.Max(Words, 1);
    }

    public WordBook Book { get; }

    /// <summary>Bits of the gap before a patch.</summary>
    public int GapBits { get; }

    /// <summary>Bits of streams and patches.</summary>
    public double Bits { get; }

    /// <summary>Words that the bands' streams are.</summary>
    public long Words { get; }

    /// <summary>Weights of a word.</summary>
    public double MeanLength { get; }

    public int Length(int word) => _lengths[word];

    /// <summary>A code with its first bit lowest.</summary>
    public uint Code(int word) => _codes[word];

    private int Longest => Book.Tree.WordLength == 1 ? WordsLayout.SingleBits : WordsLayout.WordBits;

    /// <summary>The width that makes the patches take fewest bits, where they lie at random.</summary>
    private static int BestGapBits(long weights, long rare, int rareBits, out double bits)
    {
        int best = 1;
        bits = double.PositiveInfinity;
        for (int width = 1; width <= WordsLayout.MaxGapBits; width++)
        {
            double isLonger = Math.Pow(1 - (double)rare / Math.Max(weights, 1), (1 << width) - 1);
            double taken = rare == 0 ? 0 : rare * (width + rareBits) / (1 - isLonger);
            if (taken >= bits)
                continue;
            best = width;
            bits = taken;
        }
        return best;
    }

    private static uint[] CanonicalCodes(byte[] lengths, int longest)
    {
        uint[] codes = new uint[lengths.Length];
        uint code = 0;
        for (int length = 1; length <= longest; length++)
        {
            code <<= 1;
            for (int word = 0; word < lengths.Length; word++)
            {
                if (lengths[word] == length)
                    codes[word] = Huffman.Reverse(code++, length);
            }
        }
        return codes;
    }
}
