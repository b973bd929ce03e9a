namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>Shows a visitor the elements of pieces of integers, in smaller pieces.</summary>
internal unsafe struct GridPieces<T, TVisitor>(GridElements elements, ulong columns, TVisitor* visitor) : IPieceVisitor<byte>
    where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
{
    private fixed byte _piece[Pieces.Bytes];

    public void Visit(ulong row, ulong column, ulong rows, ulong count, byte* integers)
    {
        ulong most = (ulong)(Pieces.Bytes / sizeof(T));
        ulong atOnce = Math.Max(most / count, 1);
        fixed (byte* piece = _piece)
        {
            for (ulong end = row + rows; row < end; row += atOnce)
            {
                atOnce = Math.Min(atOnce, end - row);
                for (ulong shown = 0; shown < count; shown += most)
                {
                    ulong some = Math.Min(most, count - shown);
                    elements.Make((sbyte*)integers, row * columns + column + shown, atOnce * some, (T*)piece);
                    visitor->Visit(row, column + shown, atOnce, some, (T*)piece);
                    integers += atOnce * some;
                }
            }
        }
    }
}
