using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>Gathers the elements that are not zero, row by row; beyond the capacity they are only counted.</summary>
internal unsafe struct CompressedRows<T>(ulong* rowOffsets, uint* columnIndexes, T* values, ulong capacity, ulong columns)
    : INonzeroVisitor, IPieceVisitor<T> where T : unmanaged, IEquatable<T>
{
    private ulong _row;
    private ulong _rowStart;
    private ulong _count;

    public void Visit(ulong first, uint* places, uint* elements, int count)
    {
        int i = 0;
        while (i < count)
        {
            for (; first + places[i] - _rowStart >= columns; _rowStart += columns)
                rowOffsets[++_row] = _count;
            // Columns have 32 bits.
            uint toColumn = (uint)(first - _rowStart);
            ulong end = _rowStart + columns - first;
            ulong at = _count;
            if (at + (ulong)(count - i) <= capacity)
            {
                // A zero is written over by the next.
                for (; i < count && places[i] < end; i++)
                {
                    columnIndexes[at] = places[i] + toColumn;
                    values[at] = ((T*)(elements + i))[0];
                    at += elements[i] == 0 ? 0u : 1;
                }
            }
            else
            {
                for (; i < count && places[i] < end; i++)
                {
                    if (elements[i] == 0)
                        continue;
                    if (at < capacity)
                    {
                        columnIndexes[at] = places[i] + toColumn;
                        values[at] = ((T*)(elements + i))[0];
                    }
                    at++;
                }
            }
            _count = at;
        }
    }

    public void Visit(ulong row, ulong column, ulong rows, ulong count, T* elements)
    {
        for (ulong i = 0; i < rows; i++)
        {
            if (column == 0)
                rowOffsets[_row = row + i] = _count;
            AddRow(column, new ReadOnlySpan<T>(elements + i * count, (int)count));
        }
    }

    /// <summary>Ends the last of so many rows.</summary>
    /// <returns>How many elements there are.</returns>
    public ulong Finish(ulong rows)
    {
        while (_row < rows)
            rowOffsets[++_row] = _count;
        return _count;
    }

    private void AddRow(ulong column, ReadOnlySpan<T> elements)
    {
        for (int next; (next = elements.IndexOfAnyExcept(default(T))) >= 0; elements = elements[(next + 1)..])
        {
            column += (uint)next;
            if (_count < capacity)
            {
                columnIndexes[_count] = (uint)column;
                values[_count] = elements[next];
            }
            _count++;
            column++;
        }
    }
}
