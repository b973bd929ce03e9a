using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>Gathers the elements that are not zero, row by row; beyond the capacity they are only counted.</summary>
internal unsafe struct CompressedRows<T>(ulong* rowOffsets, uint* columnIndexes, T* values, ulong capacity, ulong columns)
    : INonzeroVisitor<uint>, IPieceVisitor<T> where T : unmanaged, IEquatable<T>
{
    private ulong _count;
    private ulong _row;
    private ulong _rowStart;

    // Of the place from which places are counted: its column, were it in the row.
    private ulong _origin;
    private nuint _toColumn;

    // The first place behind the row.
    private nuint _end;

    public void Begin(ulong origin)
    {
        _origin = origin;
        PlaceRow();
    }

    public void Visit(nuint place, uint value)
    {
        if (value == 0)
            return;
        while (place >= _end)
        {
            rowOffsets[++_row] = _count;
            _rowStart += columns;
            PlaceRow();
        }
        if (_count < capacity)
        {
            columnIndexes[_count] = (uint)(place + _toColumn);
            values[_count] = Narrow(value);
        }
        _count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit(nuint p0, nuint p1, nuint p2, nuint p3, uint v0, uint v1, uint v2, uint v3)
    {
        ulong at = _count;
        if (p3 >= _end || at + 4 > capacity)
        {
            VisitSlowly(p0, p1, p2, p3, v0, v1, v2, v3);
            return;
        }
        // A zero is written over by the next.
        nuint toColumn = _toColumn;
        columnIndexes[at] = (uint)(p0 + toColumn);
        values[at] = Narrow(v0);
        at += v0 == 0 ? 0u : 1;
        columnIndexes[at] = (uint)(p1 + toColumn);
        values[at] = Narrow(v1);
        at += v1 == 0 ? 0u : 1;
        columnIndexes[at] = (uint)(p2 + toColumn);
        values[at] = Narrow(v2);
        at += v2 == 0 ? 0u : 1;
        columnIndexes[at] = (uint)(p3 + toColumn);
        values[at] = Narrow(v3);
        at += v3 == 0 ? 0u : 1;
        _count = at;
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VisitSlowly(nuint p0, nuint p1, nuint p2, nuint p3, uint v0, uint v1, uint v2, uint v3)
    {
        Visit(p0, v0);
        Visit(p1, v1);
        Visit(p2, v2);
        Visit(p3, v3);
    }

    // By way of an address they would leave their registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Narrow(uint value) => sizeof(T) switch
    {
        1 => Unsafe.BitCast<byte, T>((byte)value),
        2 => Unsafe.BitCast<ushort, T>((ushort)value),
        4 => Unsafe.BitCast<uint, T>(value),
        _ => default,
    };

    private void PlaceRow()
    {
        ulong toColumn = _origin - _rowStart;
        _toColumn = (nuint)toColumn;
        // Below 0 if the origin lies in a row further on.
        _end = (nuint)Math.Max((long)(columns - toColumn), 0);
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
