using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Skeleton;

namespace Weightless.Encoder.Skeleton;

/// <summary>The counterpart of <see cref="SkeletonReader"/>.</summary>
internal static class SkeletonEncoder
{
    // Each pass has the prices that the one before ended with.
    private const int Passes = 3;

    /// <summary>The coded bytes of a skeleton.</summary>
    public static byte[] Encode(ReadOnlyMemory<byte> skeleton, int windowBits)
    {
        SkeletonCode code = default;
        code.Reset();
        byte[] best = [];
        for (int pass = 0; pass < Passes; pass++)
        {
            SkeletonParser parser = new(skeleton, 1 << windowBits, new SkeletonPrices(code));
            BitWriter output = new();
            RangeEncoder coder = new(output);
            code.Reset();
            Write(skeleton.Span, parser.Steps(), ref code, ref coder);
            coder.Finish();
            if (pass == 0 || output.Length < best.Length)
                best = output.ToArray();
        }
        return best;
    }

    private static void Write(ReadOnlySpan<byte> bytes, IEnumerable<SkeletonStep> steps, ref SkeletonCode code, ref RangeEncoder coder)
    {
        int position = 0;
        SkeletonToken previous = SkeletonToken.Literal;
        uint distance = 1;
        foreach (SkeletonStep step in steps)
        {
            code.CodeToken(ref coder, step.Token, previous);
            switch (step.Token)
            {
                case SkeletonToken.Literal:
                    byte before = position > 0 ? bytes[position - 1] : (byte)0;
                    code.CodeLiteral(ref coder, bytes[position], before,
                        previous == SkeletonToken.Literal ? -1 : bytes[position - (int)distance]);
                    break;
                case SkeletonToken.Match:
                    code.CodeNumber(ref coder, SkeletonCode.MatchLength, step.Length - SkeletonCode.MinLength);
                    code.CodeNumber(ref coder, SkeletonCode.DistanceAlphabet(step.Length - SkeletonCode.MinLength), step.Distance - 1);
                    distance = step.Distance;
                    break;
                default:
                    code.CodeRepeat(ref coder, (uint)step.Repeat);
                    code.CodeNumber(ref coder, SkeletonCode.RepeatLength, step.Length - SkeletonCode.MinLength);
                    distance = step.Distance;
                    break;
            }
            position += (int)step.Length;
            previous = step.Token;
        }
    }
}
