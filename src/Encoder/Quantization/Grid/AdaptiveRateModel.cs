using System.Numerics;

namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// The estimate of an adaptive binary coder whose contexts are how large the integers of the row and of the column are, and
/// those next to it: zero or not, the sign, the magnitude in unary, and an Elias-gamma code for the rest. Method
/// <c>context</c> knows the same of an integer, and comes to nearly the same bits.
/// </summary>
internal sealed class AdaptiveRateModel : IRateModel<AdaptiveRateModel>
{
    private const int Unary = 14;
    private const int Exponents = 24;
    private const int Scales = 20;
    private const int Sizes = 8;

    // Classes of scales are half a doubling wide; the lowest ends here.
    private const float LowestScale = 1 / 64f;

    // Imagined integers of average magnitude in each row and column.
    private const float RowBias = 6;
    private const float ColumnBias = 4;
    private const float NearBias = 8;
    private const float AverageBias = 64;

    private readonly AdaptiveProbability[] _zero = New(Scales * Sizes);
    private readonly AdaptiveProbability[] _sign = New(3 * 3);
    private readonly AdaptiveProbability[] _greater = New(Scales * Unary);
    private readonly AdaptiveProbability[] _exponent = New(Exponents);
    private readonly (float Sum, float Count)[] _rows;
    private readonly (float Sum, float Count)[] _columns;
    private (float Sum, float Count) _all = (AverageBias, AverageBias);

    private readonly int _period;

    private AdaptiveRateModel(int rows, CodingOrder order)
    {
        _rows = new (float, float)[rows];
        _columns = new (float, float)[order.Columns];
        _period = order.IsTransposed ? 0 : order.Period;
    }

    public static AdaptiveRateModel Create(int rows, CodingOrder order) => new(rows, order);

    public float Bits(int value, in Surroundings around)
    {
        int magnitude = Math.Abs(value);
        int scale = ScaleContext(around);
        float bits = _zero[ZeroContext(scale, around)].Bits(magnitude != 0);
        if (magnitude == 0)
            return bits;
        bits += _sign[SignContext(around)].Bits(value < 0);
        ReadOnlySpan<AdaptiveProbability> greater = _greater.AsSpan(scale * Unary, Unary);
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
        int scale = ScaleContext(around);
        Count(ref _rows[around.Row], magnitude);
        Count(ref _columns[around.Column], magnitude);
        Count(ref _all, magnitude);
        _zero[ZeroContext(scale, around)].Learn(magnitude != 0);
        if (magnitude == 0)
            return;
        _sign[SignContext(around)].Learn(value < 0);
        Span<AdaptiveProbability> greater = _greater.AsSpan(scale * Unary, Unary);
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

    /// <summary>What is expected of row and column together, over the average.</summary>
    private int ScaleContext(in Surroundings around)
    {
        float average = _all.Sum / _all.Count;
        (float rowSum, float rowCount) = _rows[around.Row];
        (float columnSum, float columnCount) = _columns[around.Column];
        float row = (rowSum + RowBias * average) / (rowCount + RowBias);
        float column = (columnSum + ColumnBias * Near(around.Column, average)) / (columnCount + ColumnBias);
        // The square has twice the exponent, whose steps are then the halves of doublings.
        float scale = row * column / (average * LowestScale);
        return Math.Clamp((BitConverter.SingleToInt32Bits(scale * scale) >> 23) - 127, 0, Scales - 1);
    }

    /// <summary>What the columns next to one in an image have been.</summary>
    private float Near(int column, float average)
    {
        if (_period == 0)
            return average;
        (float Sum, float Count) near = (NearBias * average, NearBias);
        foreach (int distance in (ReadOnlySpan<int>)[-_period - 1, -_period, -_period + 1, -1, 1, _period - 1, _period, _period + 1])
        {
            int at = column + distance;
            if ((uint)at < (uint)_columns.Length)
                near = (near.Sum + _columns[at].Sum, near.Count + _columns[at].Count);
        }
        return near.Sum / near.Count;
    }

    private static int ZeroContext(int scale, in Surroundings around)
    {
        int sum = 2 * (Math.Abs(around.West) + Math.Abs(around.North)) + Math.Abs(around.West2) + Math.Abs(around.NorthWest) + Math.Abs(around.NorthEast);
        int size = sum switch
        {
            < 5 => sum,
            <= 8 => 5,
            <= 12 => 6,
            _ => 7,
        };
        return scale * Sizes + size;
    }

    private static int SignContext(in Surroundings around) => (Math.Sign(around.West) + 1) * 3 + Math.Sign(around.North) + 1;

    /// <summary>Of the Elias-gamma code of what the unary part leaves: its number of bits after the first.</summary>
    private static int Exponent(int magnitude) => Math.Min(BitOperations.Log2((uint)(magnitude - Unary)), Exponents - 1);

    private static void Count(ref (float Sum, float Count) mean, int magnitude) => mean = (mean.Sum + magnitude, mean.Count + 1);

    private static AdaptiveProbability[] New(int count)
    {
        AdaptiveProbability[] probabilities = new AdaptiveProbability[count];
        Array.Fill(probabilities, AdaptiveProbability.Even);
        return probabilities;
    }
}
