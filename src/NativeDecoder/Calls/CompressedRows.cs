using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>Gathers the elements that are not zero, row by row; beyond the capacity they are only counted.</summary>
internal unsafe struct CompressedRows<T>(ulong* rowOffsets, uint* columnIndexes, T* values, ulong capacity) : IPieceVisitor<T>
    where T : unmanaged, IEquatable<T>
{
    public ulong Count { get; private set; }

    public void Visit(ulong row, ulong column, ulong rows, ulong count, T* elements)
    {
        for (ulong i = 0; i < rows; i++)
        {
            if (column == 0)
                rowOffsets[row + i] = Count;
            AddRow(column, new ReadOnlySpan<T>(elements + i * count, (int)count));
        }
    }

    private void AddRow(ulong column, ReadOnlySpan<T> elements)
    {
        for (int next; (next = elements.IndexOfAnyExcept(default(T))) >= 0; elements = elements[(next + 1)..])
        {
            column += (uint)next;
            if (Count < capacity)
            {
                columnIndexes[Count] = (uint)column;
                values[Count] = elements[next];
            }
            Count++;
            column++;
        }
    }
}
