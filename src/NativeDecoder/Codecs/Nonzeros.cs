namespace Weightless.NativeDecoder.Codecs;

/// <summary>Gathers non-zeros one by one and shows them to a visitor some at a time.</summary>
/// <param name="places">Room for <see cref="Length"/> of them.</param>
internal unsafe struct Nonzeros<TVisitor>(uint* places, uint* values, TVisitor* visitor) where TVisitor : unmanaged, INonzeroVisitor
{
    /// <summary>Non-zeros that are shown at a time.</summary>
    public const int Length = 512;

    private ulong _first;
    private int _count;

    public void Add(ulong weight, uint value)
    {
        if (_count == Length || weight - _first > int.MaxValue)
        {
            Show();
            _first = weight;
        }
        places[_count] = (uint)(weight - _first);
        values[_count++] = value;
    }

    /// <summary>To be called once more behind the last.</summary>
    public void Show()
    {
        visitor->Visit(_first, places, values, _count);
        _count = 0;
    }
}
