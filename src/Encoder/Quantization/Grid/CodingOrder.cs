namespace Weightless.Encoder.Quantization.Grid;

/// <summary>Where an integer of a layer lies, and the integers around it that are coded before; zero where there are none.</summary>
/// <param name="West">The one before, in the coder's row.</param>
/// <param name="West2">Two before.</param>
/// <param name="North">A period before.</param>
internal readonly record struct Surroundings(int Row, int Column, int West, int West2, int North, int NorthWest, int NorthEast);

/// <summary>How a coder goes over a layer's matrix.</summary>
/// <param name="Columns">Of the layer's matrix.</param>
/// <param name="IsTransposed">Whether the coder's rows are the layer's columns.</param>
/// <param name="Period">Width of the images or kernels that the coder's rows are made of; 0 if they are of none.</param>
internal sealed record CodingOrder(int Columns, bool IsTransposed, int Period)
{
    public Surroundings Around(ReadOnlySpan<short> integers, int row, int column)
    {
        int at = row * Columns + column;
        int along = IsTransposed ? row : column;
        int step = IsTransposed ? Columns : 1;
        int west = along > 0 ? integers[at - step] : 0;
        int west2 = along > 1 ? integers[at - 2 * step] : 0;
        if (Period <= 2 || along < Period - 1)
            return new Surroundings(row, column, west, west2, 0, 0, 0);
        int north = at - Period * step;
        return new Surroundings(row, column, west, west2, along >= Period ? integers[north] : 0, along > Period ? integers[north - step] : 0,
            integers[north + step]);
    }

    /// <summary>The distances in the coder's row to those that have an integer in their surroundings.</summary>
    public int[] Reach => Period > 2 ? [1, 2, Period - 1, Period, Period + 1] : [1, 2];
}
