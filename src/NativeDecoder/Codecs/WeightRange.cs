namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// Weights that are asked for, counted row by row from the tensor's first, of a tensor that has so many. It is not empty.
/// </summary>
internal readonly struct WeightRange(ulong first, ulong count, ulong weights)
{
    public ulong First => first;

    public ulong Count => count;

    /// <summary>The weight after the last one.</summary>
    public ulong End => first + count;

    public bool IsWhole => count == weights;

    public bool ReachesLast => End == weights;
}
