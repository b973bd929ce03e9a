using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Exponent;

/// <summary>The fields of a float: a sign, an exponent of so many bits, and a fraction of so many (IEEE 754; bfloat16 alike).</summary>
internal readonly struct ExponentFormat
{
    private ExponentFormat(int exponentBits, int fractionBits)
    {
        ExponentBits = exponentBits;
        FractionBits = fractionBits;
    }

    public int ExponentBits { get; }

    public int FractionBits { get; }

    public static ExponentFormat Of(ElementType type) => type switch
    {
        ElementType.F16 => new(5, 10),
        ElementType.BF16 => new(8, 7),
        _ => new(8, 23),
    };

    /// <summary>The bits of a float.</summary>
    /// <param name="exponent">Bits above the exponent's are left out.</param>
    /// <param name="rest">Bit 0: the sign; above it the fraction without its <paramref name="dropped"/> lowest bits.</param>
    public uint Join(uint exponent, uint rest, int dropped) =>
        (rest & 1) << (ExponentBits + FractionBits) | (exponent & (1u << ExponentBits) - 1) << FractionBits | rest >> 1 << dropped;

    /// <summary>The other way round.</summary>
    public uint Exponent(uint bits) => bits >> FractionBits & (1u << ExponentBits) - 1;

    /// <summary>See <see cref="Join"/>.</summary>
    public uint Rest(uint bits, int dropped) =>
        (bits & (1u << FractionBits) - 1) >> dropped << 1 | bits >> (ExponentBits + FractionBits) & 1;
}
