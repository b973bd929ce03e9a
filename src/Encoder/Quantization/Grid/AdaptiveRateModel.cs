namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// The estimate of an adaptive binary coder with contexts: zero or not given three neighbours, the sign given two, the
/// magnitude in unary given their sum, and an Elias-gamma code for the rest.
/// </summary>
internal sealed class AdaptiveRateModel : IRateModel<AdaptiveRateModel>
{
    private const int Unary = 14;
    private const int Exponents = 24;
    private const int Sizes = 4;

    private readonly AdaptiveProbability[] _zero = New(5 * 5 * 3);
    private readonly AdaptiveProbability[] _sign = New(3 * 3);
    private readonly AdaptiveProbability[] _greater = New(Sizes * Unary);
    private readonly AdaptiveProbability[] _exponent = New(Exponents);

    public static AdaptiveRateModel Create() => new();

    public float Bits(int value, in Surroundings around)
    {
        int magnitude = Math.Abs(value);
        float bits = _zero[ZeroContext(around)].Bits(magnitude != 0);
        if (magnitude == 0)
            return bits;
        bits += _sign[SignContext(around)].Bits(value < 0);
        ReadOnlySpan<AdaptiveProbability> greater = _greater.AsSpan(SizeContext(around) * Unary, Unary);
        for (int k = 0; k < Unary; k++)
        {
            bool isGreater = magnitude - 1 > k;
            bits += greater[k].Bits(isGreater);
            if (!isGreater)
                return bits;
        }
        int exponent = Exponent(magnitude);
        for (int i = 0; i <= exponent; i++)
            bits += _exponent[i].Bits(i < exponent);
        return bits + exponent;
    }

    public void Learn(int value, in Surroundings around)
    {
        int magnitude = Math.Abs(value);
        _zero[ZeroContext(around)].Learn(magnitude != 0);
        if (magnitude == 0)
            return;
        _sign[SignContext(around)].Learn(value < 0);
        Span<AdaptiveProbability> greater = _greater.AsSpan(SizeContext(around) * Unary, Unary);
        for (int k = 0; k < Unary; k++)
        {
            bool isGreater = magnitude - 1 > k;
            greater[k].Learn(isGreater);
            if (!isGreater)
                return;
        }
        int exponent = Exponent(magnitude);
        for (int i = 0; i <= exponent; i++)
            _exponent[i].Learn(i < exponent);
    }

    private static int ZeroContext(in Surroundings around) =>
        (Math.Min(Math.Abs(around.Left), 4) * 5 + Math.Min(Math.Abs(around.Above), 4)) * 3 + Math.Min(Math.Abs(around.SecondLeft), 2);

    private static int SignContext(in Surroundings around) => (Math.Sign(around.Left) + 1) * 3 + Math.Sign(around.Above) + 1;

    private static int SizeContext(in Surroundings around) => (Math.Abs(around.Left) + Math.Abs(around.Above)) switch
    {
        < 2 => 0,
        < 5 => 1,
        < 12 => 2,
        _ => 3,
    };

    /// <summary>Of the Elias-gamma code of what the unary part leaves: its number of bits after the first.</summary>
    private static int Exponent(int magnitude) =>
        Math.Min(System.Numerics.BitOperations.Log2((uint)(magnitude - 1 - Unary + 1)), Exponents - 1);

    private static AdaptiveProbability[] New(int count)
    {
        AdaptiveProbability[] probabilities = new AdaptiveProbability[count];
        Array.Fill(probabilities, AdaptiveProbability.Even);
        return probabilities;
    }
}
