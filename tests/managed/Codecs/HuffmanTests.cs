using CsCheck;
using Weightless.Encoder.Coders;

namespace Weightless.Tests.Codecs;

public class HuffmanTests
{
    [Fact]
    public void Code_lengths_are_complete_and_bounded()
    {
        Gen.Long[0, 1_000_000].Array[1, 256].Sample(counts =>
        {
            byte[] lengths = PackageMerge.CodeLengths(counts, 12);
            int used = counts.Count(count => count > 0);
            for (int i = 0; i < counts.Length; i++)
                Assert.Equal(counts[i] > 0, lengths[i] is > 0 and <= 12);
            if (used > 1)
                Assert.Equal(4096, lengths.Where(length => length > 0).Sum(length => 4096 >> length));
        });
    }

    [Fact]
    public void Code_lengths_cost_what_unbounded_Huffman_codes_cost_where_the_bound_does_not_bind()
    {
        Gen.Long[1, 50].Array[2, 40].Sample(counts =>
        {
            byte[] lengths = PackageMerge.CodeLengths(counts, 12);
            Assert.Equal(HuffmanCost(counts), counts.Zip(lengths, (count, length) => count * length).Sum());
        });
    }

    private static long HuffmanCost(long[] counts)
    {
        PriorityQueue<long, long> queue = new(counts.Select(count => (count, count)));
        long cost = 0;
        while (queue.Count > 1)
        {
            long pair = queue.Dequeue() + queue.Dequeue();
            cost += pair;
            queue.Enqueue(pair, pair);
        }
        return cost;
    }
}
