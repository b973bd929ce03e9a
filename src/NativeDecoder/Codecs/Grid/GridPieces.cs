namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>Shows a visitor the elements of pieces of integers, in smaller pieces.</summary>
/// <param name="visitor">Of the type that <paramref name="show"/> is for.</param>
internal readonly unsafe struct GridPieces(GridElements* elements, ulong columns, void* visitor,
    delegate*<in GridPieces, ulong, ulong, ulong, ulong, byte*, void> show) : IPieceVisitor<byte>
{
    public void Visit(ulong row, ulong column, ulong rows, ulong count, byte* integers) =>
        show(this, row, column, rows, count, integers);

    /// <summary>The visitor's own elements and type: one function for all codecs.</summary>
    public static void Show<T, TVisitor>(in GridPieces pieces, ulong row, ulong column, ulong rows, ulong count, byte* integers)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        TVisitor* visitor = (TVisitor*)pieces.Visitor;
        if (sizeof(T) == 1)
        {
            visitor->Visit(row, column, rows, count, (T*)integers);
            return;
        }
        T* piece = stackalloc T[Pieces.Bytes / sizeof(T)];
        ulong most = (ulong)(Pieces.Bytes / sizeof(T));
        ulong atOnce = Math.Max(most / count, 1);
        for (ulong end = row + rows; row < end; row += atOnce)
        {
            atOnce = Math.Min(atOnce, end - row);
            for (ulong shown = 0; shown < count; shown += most)
            {
                ulong some = Math.Min(most, count - shown);
                pieces.Elements->Make((sbyte*)integers, row * pieces.Columns + column + shown, atOnce * some, piece);
                visitor->Visit(row, column + shown, atOnce, some, piece);
                integers += atOnce * some;
            }
        }
    }

    private GridElements* Elements => elements;

    private ulong Columns => columns;

    private void* Visitor => visitor;
}
