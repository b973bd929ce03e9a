using Weightless.NativeDecoder.Skeleton;

namespace Weightless.Encoder.Skeleton;

/// <summary>Some bytes of a skeleton: a literal, or a copy from a distance.</summary>
internal readonly record struct SkeletonStep(SkeletonToken Token, uint Length, uint Distance, int Repeat);

/// <summary>The last four distances, the newest first.</summary>
internal readonly record struct Distances(uint First, uint Second, uint Third, uint Fourth)
{
    public static Distances Start => new(1, 1, 1, 1);

    public uint this[int index] => index switch { 0 => First, 1 => Second, 2 => Third, _ => Fourth };

    public Distances Front(uint distance) => new(distance, First, Second, Third);

    public Distances Front(int repeat) => repeat switch
    {
        0 => this,
        1 => new(Second, First, Third, Fourth),
        2 => new(Third, First, Second, Fourth),
        _ => new(Fourth, First, Second, Third),
    };
}

/// <summary>Finds the cheapest steps through a skeleton at given prices, block by block: a shortest path.</summary>
internal sealed class SkeletonParser(ReadOnlyMemory<byte> data, int window, SkeletonPrices prices)
{
    private const int BlockBytes = 1 << 15;

    // From this length on a copy is taken as it is.
    private const int LongEnough = 192;

    private readonly MatchFinder _finder = new(data, window);
    private readonly List<(int Length, int Distance)> _matches = [];
    private readonly Node[] _nodes = new Node[BlockBytes + 1];

    private struct Node
    {
        public int Price;
        public SkeletonStep Step;
        public Distances Distances;
        public SkeletonToken Previous;
    }

    public IEnumerable<SkeletonStep> Steps()
    {
        Distances distances = Distances.Start;
        SkeletonToken previous = SkeletonToken.Literal;
        List<SkeletonStep> steps = [];
        for (int start = 0; start < data.Length;)
        {
            steps.Clear();
            int count = Parse(start, distances, previous, steps);
            (distances, previous) = (_nodes[count].Distances, _nodes[count].Previous);
            start += count;
            for (int i = steps.Count - 1; i >= 0; i--)
            {
                yield return steps[i];
            }
        }
    }

    /// <summary>Steps through a block, the last first.</summary>
    /// <returns>The bytes of the block.</returns>
    private int Parse(int start, Distances distances, SkeletonToken previous, List<SkeletonStep> steps)
    {
        ReadOnlySpan<byte> bytes = data.Span;
        int size = Math.Min(BlockBytes, bytes.Length - start);
        for (int i = 1; i <= size; i++)
            _nodes[i].Price = int.MaxValue;
        _nodes[0] = new Node { Distances = distances, Previous = previous };
        for (int i = 0; i < size;)
            i = Extend(bytes, start, i, size);
        for (int i = size; i > 0; i -= (int)_nodes[i].Step.Length)
            steps.Add(_nodes[i].Step);
        return size;
    }

    /// <summary>All steps from a place. The next place to go on from.</summary>
    private int Extend(ReadOnlySpan<byte> bytes, int start, int i, int size)
    {
        Node node = _nodes[i];
        int position = start + i;
        byte before = position > 0 ? bytes[position - 1] : (byte)0;
        int unlikely = node.Previous != SkeletonToken.Literal ? bytes[position - (int)node.Distances.First] : -1;
        Reach(i, i + 1, node, prices.Literal(bytes[position], before, unlikely, node.Previous),
            new SkeletonStep(SkeletonToken.Literal, 1, 0, 0), node.Distances);

        for (int repeat = 0; repeat < SkeletonCode.Repeats; repeat++)
        {
            uint distance = node.Distances[repeat];
            if (distance > position)
                continue;
            int length = Math.Min(MatchFinder.Length(bytes, position - (int)distance, position), size - i);
            if (length < SkeletonCode.MinLength)
                continue;
            int price = prices.Repeat(repeat, node.Previous);
            for (int l = length >= LongEnough ? length : (int)SkeletonCode.MinLength; l <= length; l++)
            {
                Reach(i, i + l, node, price + prices.RepeatLength((uint)l),
                    new SkeletonStep(SkeletonToken.Repeat, (uint)l, distance, repeat), node.Distances.Front(repeat));
            }
            if (length >= LongEnough)
                return i + length;
        }

        _finder.Find(position, _matches);
        int from = 3;
        foreach ((int found, int distance) in _matches)
        {
            int length = Math.Min(found, size - i);
            bool isLong = length >= LongEnough;
            for (int l = isLong ? length : from; l <= length; l++)
            {
                Reach(i, i + l, node, prices.Match((uint)distance, (uint)l, node.Previous) + prices.MatchLength((uint)l),
                    new SkeletonStep(SkeletonToken.Match, (uint)l, (uint)distance, 0), node.Distances.Front((uint)distance));
            }
            if (isLong)
                return i + length;
            from = length + 1;
        }
        return i + 1;
    }

    private void Reach(int from, int to, in Node node, int price, SkeletonStep step, Distances distances)
    {
        ref Node target = ref _nodes[to];
        if (node.Price + price >= target.Price)
            return;
        target = new Node { Price = node.Price + price, Step = step, Distances = distances, Previous = step.Token };
    }
}
