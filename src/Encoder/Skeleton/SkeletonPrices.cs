using Weightless.NativeDecoder.Skeleton;

namespace Weightless.Encoder.Skeleton;

/// <summary>What the decisions of a skeleton's code cost, in 1/64 of a bit, as the code stands.</summary>
internal sealed class SkeletonPrices
{
    private const int Unit = 64;
    private const int Lengths = 1 << 10;

    private readonly int[] _zeros = new int[SkeletonCode.Decisions];
    private readonly int[] _ones = new int[SkeletonCode.Decisions];
    private readonly int[] _matchLengths = new int[Lengths];
    private readonly int[] _repeatLengths = new int[Lengths];

    public SkeletonPrices(in SkeletonCode code)
    {
        for (int i = 0; i < SkeletonCode.Decisions; i++)
        {
            double one = code.Probability(i) / 65536.0;
            _ones[i] = (int)(-Math.Log2(one) * Unit);
            _zeros[i] = (int)(-Math.Log2(1 - one) * Unit);
        }
        for (uint i = 0; i < Lengths; i++)
        {
            _matchLengths[i] = Number(SkeletonCode.MatchLength, i);
            _repeatLengths[i] = Number(SkeletonCode.RepeatLength, i);
        }
    }

    public int Literal(byte value, byte before, int unlikely, SkeletonToken previous)
    {
        int context = SkeletonCode.Literals + (before >> 4) * SkeletonCode.LiteralDecisions;
        int price = _zeros[SkeletonCode.IsCopy + (int)previous];
        uint node = 1;
        for (int bit = 7; bit >= 0; bit--)
        {
            int decision = context + SkeletonCode.LiteralTree(node, unlikely, bit) + (int)node;
            node = node << 1 | (uint)value >> bit & 1;
            price += (node & 1) == 0 ? _zeros[decision] : _ones[decision];
        }
        return price;
    }

    /// <summary>A match without its length.</summary>
    public int Match(uint distance, uint length, SkeletonToken previous) =>
        _ones[SkeletonCode.IsCopy + (int)previous] + _zeros[SkeletonCode.IsRepeat + (int)previous]
        + Number(SkeletonCode.DistanceAlphabet(length - SkeletonCode.MinLength), distance - 1);

    public int MatchLength(uint length) => Length(_matchLengths, SkeletonCode.MatchLength, length);

    /// <summary>A repeat without its length.</summary>
    public int Repeat(int repeat, SkeletonToken previous)
    {
        int price = _ones[SkeletonCode.IsCopy + (int)previous] + _ones[SkeletonCode.IsRepeat + (int)previous];
        for (int i = 0; i < repeat; i++)
            price += _ones[SkeletonCode.IsLaterRepeat + i];
        return repeat < SkeletonCode.Repeats - 1 ? price + _zeros[SkeletonCode.IsLaterRepeat + repeat] : price;
    }

    public int RepeatLength(uint length) => Length(_repeatLengths, SkeletonCode.RepeatLength, length);

    private int Length(int[] known, int alphabet, uint length)
    {
        uint number = length - SkeletonCode.MinLength;
        return number < Lengths ? known[number] : Number(alphabet, number);
    }

    private int Number(int alphabet, uint number)
    {
        int bits = System.Numerics.BitOperations.Log2(number + 1);
        int price = Tree(alphabet, (uint)bits, 5);
        int upper = Math.Min(bits, SkeletonCode.UpperBits);
        int lower = bits - upper;
        uint first = (number + 1 >> lower) & (1u << upper) - 1;
        return price + Tree(alphabet + SkeletonCode.NumberBits + (bits << SkeletonCode.UpperBits), first, upper) + lower * Unit;
    }

    private int Tree(int tree, uint value, int bits)
    {
        int price = 0;
        uint node = 1;
        for (int bit = bits - 1; bit >= 0; bit--)
        {
            int decision = tree + (int)node;
            node = node << 1 | value >> bit & 1;
            price += (node & 1) == 0 ? _zeros[decision] : _ones[decision];
        }
        return price;
    }
}
