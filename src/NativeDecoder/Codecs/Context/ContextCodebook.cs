using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// Codes a codebook in the order of its values. Of floats the signs are known once the negative ones are counted, exponents
/// move slowly, and fractions are noise; of integers it is one decision a value whether it occurs.
/// </summary>
internal static unsafe class ContextCodebook
{
    // A step of an exponent in unary up to here; what is larger is written out.
    private const int MaxUnary = 7;

    /// <summary>Codes the centroids' bits; returns how many are negative, or -1 if there are not as many as announced.</summary>
    public static int Code<TCoder>(ref TCoder coder, uint* centroids, int count, ElementType type)
        where TCoder : struct, IBinaryCoder => type switch
        {
            ElementType.I8 => CodePresence(ref coder, centroids, count, -128),
            ElementType.U8 => CodePresence(ref coder, centroids, count, 0),
            ElementType.F16 => CodeFloats(ref coder, centroids, count, 5, 10),
            ElementType.BF16 => CodeFloats(ref coder, centroids, count, 8, 7),
            _ => CodeFloats(ref coder, centroids, count, 8, 23),
        };

    private static int CodeFloats<TCoder>(ref TCoder coder, uint* centroids, int count, int exponentBits, int fractionBits)
        where TCoder : struct, IBinaryCoder
    {
        int signShift = exponentBits + fractionBits;
        uint negatives = 0;
        while (negatives < count && centroids[negatives] >> signShift != 0)
            negatives++;
        negatives = coder.CodeUniform(negatives, (uint)count + 1);

        uint* steps = stackalloc uint[MaxUnary];
        new Span<uint>(steps, MaxUnary).Fill(AdaptiveBit.Initial);
        // Of a value around 1/8.
        uint exponentMask = (1u << exponentBits) - 1;
        uint exponent = (exponentMask >> 1) - 3;
        for (uint i = 0; i < count; i++)
        {
            uint bits = centroids[i];
            bool isNegative = i < negatives;
            uint known = bits >> fractionBits & exponentMask;
            exponent = CodeExponent(ref coder, steps, known, exponent, exponentBits, isNegative);
            uint fraction = 0;
            for (int left = fractionBits; left > 0;)
            {
                int take = Math.Min(left, 12);
                left -= take;
                fraction = fraction << take | coder.CodeUniform(bits >> left & (1u << take) - 1, 1u << take);
            }
            centroids[i] = (isNegative ? 1u << signShift : 0) | exponent << fractionBits | fraction;
        }
        return (int)negatives;
    }

    /// <summary>Exponents of negative values fall towards zero and those of positive ones rise again: that way comes first.</summary>
    private static uint CodeExponent<TCoder>(ref TCoder coder, uint* steps, uint exponent, uint previous, int exponentBits,
        bool falls) where TCoder : struct, IBinaryCoder
    {
        int difference = (int)exponent - (int)previous;
        bool isUsual = difference < 0 == falls;
        int known = difference == 0 ? 0 : 2 * Math.Abs(difference) - (isUsual ? 1 : 0);
        int unary = 0;
        while (unary < MaxUnary && Decide(ref coder, steps + unary, known > unary ? 1u : 0) != 0)
            unary++;
        if (unary == MaxUnary)
            return coder.CodeUniform(exponent, 1u << exponentBits);
        int size = (unary + 1) / 2;
        bool down = (unary & 1) != 0 == falls;
        return (uint)((int)previous + (down ? -size : size)) & (1u << exponentBits) - 1;
    }

    private static int CodePresence<TCoder>(ref TCoder coder, uint* centroids, int count, int lowest)
        where TCoder : struct, IBinaryCoder
    {
        // By whether the value before occurs.
        uint* present = stackalloc uint[2];
        present[0] = present[1] = AdaptiveBit.Initial;
        uint before = 0;
        int negatives = 0;
        int found = 0;
        for (int value = lowest; value < lowest + 256 && found < count; value++)
        {
            if (value == 0)
                continue;
            before = Decide(ref coder, present + before, centroids[found] == (byte)value ? 1u : 0);
            if (before == 0)
                continue;
            centroids[found++] = (byte)value;
            negatives += value < 0 ? 1 : 0;
        }
        return found == count ? negatives : -1;
    }

    private static uint Decide<TCoder>(ref TCoder coder, uint* state, uint bit) where TCoder : struct, IBinaryCoder
    {
        bit = coder.Code(bit, AdaptiveBit.Probability(*state));
        *state = AdaptiveBit.Next(*state, bit);
        return bit;
    }
}
