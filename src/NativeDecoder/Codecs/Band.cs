namespace Weightless.NativeDecoder.Codecs;

/// <summary>The rows that a call asks for, checked against the tensor.</summary>
internal readonly struct Band(ulong firstRow, ulong rowCount, ulong rows, ulong columns)
{
    public ulong FirstRow => firstRow;

    /// <summary>The row after the last one.</summary>
    public ulong EndRow => firstRow + rowCount;

    /// <summary>The first weight, counted row by row from the tensor's first.</summary>
    public ulong First => firstRow * columns;

    /// <summary>The weight after the last one.</summary>
    public ulong End => EndRow * columns;

    public ulong Weights => rowCount * columns;

    public bool ReachesLastRow => EndRow == rows;

    public bool IsWhole => rowCount == rows;
}
