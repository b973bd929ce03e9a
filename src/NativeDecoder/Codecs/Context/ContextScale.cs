using System.Numerics;
using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// How large the levels of a row or a column are: the mean of their magnitudes, as a counter's state with 14 bits behind the
/// point. That of a weight is its row's times its column's over the average of all columns.
/// </summary>
internal static unsafe class ContextScale
{
    /// <summary>Classes of <see cref="Class"/>.</summary>
    public const int Classes = 18;

    /// <summary>A mean of 16 that has seen nothing.</summary>
    public const uint Initial = 16u << FractionBits + 10;

    private const int FractionBits = 14;

    // Logarithms are in eighths, interpolated: 3 bits behind the point. A class is half a doubling; the lowest ends at 3/8.
    private const int LogBits = 3;
    private const int Offset = (FractionBits - 2) << LogBits;
    private const int Limit = 255;

    // Imagined observations of what a row or column starts with.
    private const int RowBias = 5;
    private const int ColumnBias = 3;

    /// <summary>A mean that begins where another is.</summary>
    public static uint Start(uint mean) => mean & ~(uint)ContextCounter.MaxLimit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SeenInRow(uint mean, int magnitude, ushort* rates) =>
        ContextCounter.Next(mean, magnitude << FractionBits, RowBias, Limit, rates);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SeenInColumn(uint mean, int magnitude, ushort* rates) =>
        ContextCounter.Next(mean, magnitude << FractionBits, ColumnBias, Limit, rates);

    /// <summary>The average after a row with this mean: it moves as a column does.</summary>
    public static uint SeenRow(uint average, uint row, ushort* rates) =>
        ContextCounter.Next(average, (int)(row >> 10), ColumnBias, Limit, rates);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Log(uint mean)
    {
        uint value = mean >> 10 | 1;
        int zeros = BitOperations.LeadingZeroCount(value);
        return (31 - zeros << LogBits) + (int)(value << zeros >> 31 - LogBits & (1 << LogBits) - 1);
    }

    /// <summary>The class of a scale from its logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Class(int log) => Math.Clamp(log - Offset >> LogBits - 1, 0, Classes - 1);
}
