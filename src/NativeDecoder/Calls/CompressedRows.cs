using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>Gathers the elements that are not zero, row by row; beyond the capacity they are only counted.</summary>
internal unsafe struct CompressedRows<T>(ulong* rowOffsets, uint* columnIndexes, T* values, ulong capacity, ulong columns)
    : INonzeroVisitor<T> where T : unmanaged, IEquatable<T>
{
    private ulong _row;
    private ulong _rowStart;
    private ulong _count;

    public void Visit(ulong first, uint* places, T* elements, int count)
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
                    values[at] = elements[i];
                    at += elements[i].Equals(default) ? 0u : 1;
                }
            }
            else
            {
                for (; i < count && places[i] < end; i++)
                {
                    if (elements[i].Equals(default))
                        continue;
                    if (at < capacity)
                    {
                        columnIndexes[at] = places[i] + toColumn;
                        values[at] = elements[i];
                    }
                    at++;
                }
            }
            _count = at;
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
}
