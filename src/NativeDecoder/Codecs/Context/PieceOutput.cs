namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>Shows rows to a visitor in pieces, as their weights come by ascending column.</summary>
/// <param name="table">The output element of each symbol; that of symbol 0 fills what no weight is written to.</param>
internal unsafe struct PieceOutput<T, TVisitor>(T* piece, ulong length, T* table, ulong columns, TVisitor* visitor) : IWeightOutput
    where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
{
    private ulong _row;

    // Of the piece that is being filled.
    private ulong _column;

    public void Write(ulong column, int symbol)
    {
        while (column - _column >= length)
            Show();
        piece[column - _column] = table[symbol];
    }

    /// <summary>To be called once before the first row, when the table is filled.</summary>
    public readonly void Clear() => Clear(length);

    public void EndRow()
    {
        while (_column < columns)
            Show();
        _column = 0;
        _row++;
    }

    private void Show()
    {
        ulong count = Math.Min(length, columns - _column);
        visitor->Visit(_row, _column, 1, count, piece);
        Clear(count);
        _column += count;
    }

    private readonly void Clear(ulong count) => new Output<T>(piece, count).Fill(table[0]);
}
