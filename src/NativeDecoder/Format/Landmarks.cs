namespace Weightless.NativeDecoder.Format;

/// <summary>
/// Places in a directory, one every <see cref="Distance"/> entries, for a walk that looks back: those who put them down own
/// the memory. Without any, a search begins at the first entry.
/// </summary>
internal unsafe struct Landmarks(TensorDirectory.Place* places)
{
    public const uint Distance = 32;

    /// <summary>Enough for all tensors that a later one may refer to.</summary>
    public const int Most = 32;

    private uint _count;

    /// <summary>To be shown every entry in turn, before the walk goes over it.</summary>
    public void Pass(uint number, in TensorDirectory.Walk walk)
    {
        if (number % Distance == 0 && _count < Most)
            places[_count++] = walk.Place;
    }

    /// <summary>A walk from the last landmark before an entry, and the number of the entry that it comes to first.</summary>
    public readonly TensorDirectory.Walk Before(uint number, in TensorDirectory directory, out uint first)
    {
        first = 0;
        if (_count == 0)
            return new TensorDirectory.Walk(directory);
        uint mark = Math.Min(number / Distance, _count - 1);
        first = mark * Distance;
        return new TensorDirectory.Walk(directory, places[mark]);
    }
}
