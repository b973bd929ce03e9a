using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs.Words;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Words;

/// <summary>
/// Method <c>words</c>: tries numbers of common ids, lengths of words and sizes of trees, and takes what makes the section smallest, or nearly so with longer words.
/// Of a large layer it tries them on some bands.
/// </summary>
internal sealed class WordsEncoder : IEncoder
{
    private const int SampleWeights = 1 << 19;

    // A look-up costs more where words have several weights: they must be long, or save so much.
    private const double LongWords = 1.3;
    private const double WorthShortWords = 0.985;

    // Bits that a word less is worth: a look-up takes as long whether it gives one weight or four, and there are trees of nearly the same size.
    private const double WordPrice = 0.02;

    private static readonly int[] s_wordLengths = [4, 8, 16];
    private static readonly int[] s_treeSizes = [WordsLayout.MaxWords, 192, 64];

    // Ids that are rarer than one in so many weights may be rare ones.
    private static readonly int[] s_rarities = [int.MaxValue, 1 << 14, 1 << 13, 1 << 12, 1 << 11, 1 << 10, 1 << 9, 1 << 8];

    public Method Method => Method.Words;

    public string Description => "as words of ids, to be decoded fast";

    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) =>
        [options with { Method = Method.Words, Coder = Coder.None }];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier)
    {
        BitWriter section = new();
        PaletteWriter.WritePacked(tensor, section);
        if (tensor.Clusters > 0)
        {
            WordBands bands = WordBands.Of(tensor);
            WordBands sample = bands.Sample(SampleWeights);
            WordBook best = Best(sample, sample.CountIds(tensor.Clusters + 1));
            WordsSection.Write(new WordCode(best, bands), bands, section);
        }
        return EncodedTensor.Of(tensor, Method.Words, Coder.None, section.ToArray());
    }

    private static WordBook Best(WordBands sample, long[] counts)
    {
        WordBook[] singles = [.. Commons(counts).Select(common => new WordBook(counts, common, 1, common))];
        (WordBook book, double bits) = singles.Select(book => (book, Cost(book, sample, out _))).MinBy(candidate => candidate.Item2);
        double least = bits;
        foreach (int common in Commons(counts))
        {
            foreach (int wordLength in s_wordLengths)
            {
                foreach (int words in s_treeSizes)
                {
                    if (words < 2 * common - 1)
                        continue;
                    WordBook candidate = new(counts, common, wordLength, words);
                    double cost = Cost(candidate, sample, out double meanLength);
                    if (cost < bits && (meanLength >= LongWords || cost < WorthShortWords * least))
                        (book, bits) = (candidate, cost);
                }
            }
        }
        return book;
    }

    /// <summary>Numbers of common ids to try.</summary>
    private static IEnumerable<int> Commons(long[] counts)
    {
        long weights = counts.Sum();
        return s_rarities.Select(rarity => Math.Max(2, counts.Count(count => count > weights / rarity))).Distinct();
    }

    /// <summary>Bits of a layer of which this is a sample, and the price of its words.</summary>
    private static double Cost(WordBook book, WordBands sample, out double meanLength)
    {
        WordCode code = new(book, sample);
        meanLength = code.MeanLength;
        BitWriter description = new();
        WordsSection.WriteCode(code, description);
        return (code.Bits + WordPrice * code.Words) * sample.Scale + 8 * description.Length;
    }
}
