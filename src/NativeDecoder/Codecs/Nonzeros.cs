namespace Weightless.NativeDecoder.Codecs;

/// <summary>Gathers non-zeros one by one and shows them to a visitor some at a time.</summary>
/// <param name="places">Room for <see cref="Length"/> of them.</param>
internal unsafe struct Nonzeros<T, TVisitor>(uint* places, T* values, TVisitor* visitor)
    where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
{
    /// <summary>Non-zeros that are shown at a time.</summary>
    public const int Length = 512;

    private ulong _first;
    private int _count;

    public void Add(ulong weight, T value)
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

/// <summary>The non-zeros of a matrix that comes piece by piece.</summary>
internal unsafe struct NonzerosOfPieces<T, TVisitor>(Nonzeros<T, TVisitor> nonzeros, ulong columns) : IPieceVisitor<T>
    where T : unmanaged, IEquatable<T> where TVisitor : unmanaged, INonzeroVisitor<T>
{
    public Nonzeros<T, TVisitor> Nonzeros = nonzeros;

    public void Visit(ulong row, ulong column, ulong rows, ulong count, T* elements)
    {
        ulong weight = row * columns + column;
        ReadOnlySpan<T> left = new(elements, (int)(rows * count));
        for (int next; (next = left.IndexOfAnyExcept(default(T))) >= 0; left = left[(next + 1)..])
        {
            weight += (uint)next;
            Nonzeros.Add(weight, left[next]);
            weight++;
        }
    }
}
