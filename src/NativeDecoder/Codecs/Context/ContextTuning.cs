using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// What the mixers of <see cref="ContextMixture"/> start with. Starting weights are in 1/256, in the order of the inputs;
/// they only decide how fast the model gets going.
/// </summary>
internal static class ContextTuning
{
    // Order 0, constant, row, column, near, far, fill, neighbours; pattern, sum, signs, history, neighbours and row.
    public static ReadOnlySpan<int> Position => [192, -64, 100, 60, 36, 48, 40, 32, 32, 120, 120, 24, 16];

    // Order 0, constant, row, column, fill, pattern; history, neighbours and row.
    public static ReadOnlySpan<int> PlainPosition => [192, -32, 100, 72, 40, 32, 24, 16];

    public static MixerRates PositionRates => new(Rate: 72, RateMin: 20, SelectedRate: 32, Bias: 3, Limit: 255);

    // Imagined observations of the shares.
    public const uint RowWeight = 6;
    public const uint ColumnWeight = 4;
    public const uint NearWeight = 12;
    public const uint FarWeight = 45;

    // A class of fill is this far from the next.
    public const int FillStep = 128;

    // Order 0, constant, last, signs, near; balance, ring, row, column.
    public static ReadOnlySpan<int> Sign => [64, -16, 128, 160, 192, 64, 24, 0, 0];

    // Order 0, constant, last, signs; row, column.
    public static ReadOnlySpan<int> PlainSign => [64, -16, 64, 64, 0, 0];

    public static MixerRates SignRates => new(Rate: 216, RateMin: 96, SelectedRate: 8, Bias: 1, Limit: 255);

    public const uint SignRowWeight = 6;
    public const uint SignColumnWeight = 4;
    public const uint SignNearWeight = 1;
    public const uint SignRingWeight = 12;

    // Order 0, constant, fill, west, north, largest; sum, near, far, column's last, row's last.
    public static ReadOnlySpan<int> Magnitude => [192, 0, 24, 80, 80, 80, 0, 32, 48, 32, 24];

    // Order 0, constant, fill, west; column's last, row's last.
    public static ReadOnlySpan<int> PlainMagnitude => [192, 0, 24, 96, 32, 24];

    public static MixerRates MagnitudeRates => new(Rate: 48, RateMin: 20, SelectedRate: 16, Bias: 3, Limit: 400);

    /// <summary>
    /// The probability of a larger magnitude by how many there are (1, 2, 3, 4, more): clusters of a bell's tail.
    /// </summary>
    public static ReadOnlySpan<ushort> MagnitudeStart => [14000, 20000, 27000, 32000, 46000];
}
