using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Skeleton;

/// <summary>What a token of a skeleton is.</summary>
internal enum SkeletonToken
{
    Literal,

    /// <summary>Bytes from a distance that is new.</summary>
    Match,

    /// <summary>Bytes from one of the last four distances.</summary>
    Repeat,
}

/// <summary>
/// The code of a skeleton: bytes and copies of earlier ones (Ziv, Lempel 1977), each an adaptive binary decision or some, as LZMA
/// has them. Written once for both directions: see <see cref="IBinaryCoder"/>. docs/format-skeleton.md defines it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SkeletonCode
{
    public const int Kinds = 3;
    public const int Repeats = 4;
    public const uint MinLength = 1;

    // Names and numbers of layers come and go.
    private const int CountLimit = 24;

    /// <summary>Numbers below 2^32 - 1.</summary>
    public const int NumberBits = 32;

    /// <summary>Decisions of the upper bits of a number behind its first one.</summary>
    public const int UpperBits = 4;

    // Where the decisions lie. Lengths of matches have an alphabet, those of repeats, and distances one for each of the least lengths.
    public const int IsCopy = 0;
    public const int IsRepeat = IsCopy + Kinds;
    public const int IsLaterRepeat = IsRepeat + Kinds;
    public const int MatchLength = IsLaterRepeat + Repeats - 1;
    public const int RepeatLength = MatchLength + NumberDecisions;
    public const int Distance = RepeatLength + NumberDecisions;
    public const int Literals = Distance + DistanceKinds * NumberDecisions;
    public const int NumberDecisions = NumberBits * (1 + (1 << UpperBits));
    public const int DistanceKinds = 4;

    // A tree for bytes that are not expected to be any, and two for those that are: by the bit that is expected.
    public const int LiteralContexts = 16;
    public const int LiteralDecisions = 3 << 8;
    public const int Decisions = Literals + LiteralContexts * LiteralDecisions;

    private fixed uint _decisions[Decisions];

    public void Reset()
    {
        fixed (uint* decisions = _decisions)
        {
            new Span<uint>(decisions, Decisions).Fill(AdaptiveBit.Initial);
        }
    }

    /// <summary>The probability of a 1, as a share of 65536.</summary>
    public readonly uint Probability(int decision) => AdaptiveBit.Probability(_decisions[decision]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SkeletonToken CodeToken<TCoder>(ref TCoder coder, SkeletonToken token, SkeletonToken previous) where TCoder : struct, IBinaryCoder
    {
        if (Code(ref coder, IsCopy + (int)previous, token == SkeletonToken.Literal ? 0u : 1) == 0)
            return SkeletonToken.Literal;
        return Code(ref coder, IsRepeat + (int)previous, token == SkeletonToken.Repeat ? 1u : 0) == 0
            ? SkeletonToken.Match
            : SkeletonToken.Repeat;
    }

    /// <summary>Which of the last four distances, 0 the last.</summary>
    public uint CodeRepeat<TCoder>(ref TCoder coder, uint repeat) where TCoder : struct, IBinaryCoder
    {
        uint coded = 0;
        while (coded < Repeats - 1 && Code(ref coder, IsLaterRepeat + (int)coded, repeat > coded ? 1u : 0) != 0)
            coded++;
        return coded;
    }

    /// <summary>A number, by how many bits it has when increased by one, and those bits.</summary>
    /// <param name="alphabet">Where its decisions lie.</param>
    public uint CodeNumber<TCoder>(ref TCoder coder, int alphabet, uint number) where TCoder : struct, IBinaryCoder
    {
        int bits = number == 0 ? 0 : System.Numerics.BitOperations.Log2(number + 1);
        uint node = 1;
        for (int level = 4; level >= 0; level--)
            node = node << 1 | Code(ref coder, alphabet + (int)node, (uint)bits >> level & 1);
        bits = (int)node & NumberBits - 1;
        int upper = alphabet + NumberBits + (bits << UpperBits);
        uint coded = 1;
        node = 1;
        for (int bit = bits - 1; bit >= 0; bit--)
        {
            uint value = number + 1 >> bit & 1;
            if (bits - bit <= UpperBits)
                node = node << 1 | (value = Code(ref coder, upper + (int)node, value));
            else
                value = coder.CodeUniform(value, 2);
            coded = coded << 1 | value;
        }
        return coded - 1;
    }

    /// <summary>A byte of its own.</summary>
    /// <param name="before">The byte before it.</param>
    /// <param name="unlikely">Behind a copy, the byte that it would have gone on with; otherwise below 0.</param>
    public byte CodeLiteral<TCoder>(ref TCoder coder, byte value, byte before, int unlikely) where TCoder : struct, IBinaryCoder
    {
        int context = Literals + (before >> 4) * LiteralDecisions;
        uint node = 1;
        for (int bit = 7; bit >= 0; bit--)
        {
            int tree = LiteralTree(node, unlikely, bit);
            node = node << 1 | Code(ref coder, context + tree + (int)node, (uint)value >> bit & 1);
        }
        return (byte)node;
    }

    /// <param name="number">The length, as it is coded.</param>
    public static int DistanceAlphabet(uint number) => Distance + (int)Math.Min(number, DistanceKinds - 1) * NumberDecisions;

    /// <summary>Which tree a bit of a literal is decided by: another one as long as the byte is the unlikely one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LiteralTree(uint node, int unlikely, int bit) =>
        unlikely >= 0 && (uint)(unlikely | 256) >> (bit + 1) == node ? 256 << (unlikely >> bit & 1) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Code<TCoder>(ref TCoder coder, int decision, uint bit) where TCoder : struct, IBinaryCoder
    {
        uint state = _decisions[decision];
        bit = coder.Code(bit, AdaptiveBit.Probability(state));
        _decisions[decision] = AdaptiveBit.Next(state, bit, CountLimit);
        return bit;
    }
}
