using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// Method <c>coupled</c>: a spatially coupled Bloomier filter with lane groups. It answers as <see cref="Bloomier"/> does, non-zeros
/// exactly and a zero with a false positive of probability K / 2^t, but in under 1.01 cells a non-zero, and 64 neighbours share
/// one hash and read their cells side by side from a part of the filter that moves on with them. docs/format-coupled.md defines it.
/// </summary>
internal static unsafe class Coupled
{
    private const int RowMaskBit = 0x40;
    private const int ColumnMaskBit = 0x80;

    // Columns that are read and spread at a time.
    private const uint SpreadColumns = 2048;

    // Outputs larger than the caches are stored past them: no line is read before it is overwritten.
    private const ulong StreamedBytes = 16 << 20;

    /// <summary>The section behind the palette.</summary>
    public struct Header
    {
        /// <summary>All default when there is no non-zero.</summary>
        public CoupledFilter Filter;

        public AliveMask Rows;
        public AliveMask Columns;

        public static bool TryRead(in TensorEntry entry, in Palette palette, ref ByteReader section, out Header header)
        {
            header = default;
            if (entry.Coder != Coder.None)
                return false;
            if (palette.Nonzeros == 0)
                return section.Left == 0;
            if (!section.TryByte(out byte first) || !section.TryByte(out byte second)
                || !CoupledFilter.TryRead(first, (byte)(second & 0x3f), out header.Filter)
                || palette.Clusters > 1 << header.Filter.CellBits)
                return false;
            header.Rows = AliveMask.All(entry.Rows);
            header.Columns = AliveMask.All(entry.Columns);
            if ((second & RowMaskBit) != 0 && !AliveMask.TryRead(ref section, entry.Rows, out header.Rows)
                || (second & ColumnMaskBit) != 0 && !AliveMask.TryRead(ref section, entry.Columns, out header.Columns))
                return false;
            ulong length = header.Rows.Alive * header.Columns.Alive;
            return length >= palette.Nonzeros && header.Filter.TryRead(ref section, length);
        }
    }

    public static nuint StateBytes(in Header header) => header.Filter.Groups == 0
        ? 0
        : (nuint)sizeof(Place) + CoupledReader.Bytes(header.Filter) + (header.Columns.IsNull ? 0 : 2 * SpreadColumns);

    /// <summary>Later parts of one call go on with the reader that the first one left in the workspace.</summary>
    public static Status Decode<T>(in TensorEntry entry, in Palette palette, in Header header, in Band band, T* table, T* dst,
        in Workspace workspace) where T : unmanaged
    {
        if (header.Filter.Groups == 0)
        {
            new Output<T>(dst, band.Weights).Clear();
            return Status.Ok;
        }
        Place* place = (Place*)workspace.State;
        CoupledReader* reader = (CoupledReader*)(place + 1);
        if (workspace.Part != Part.Later)
        {
            reader->Open(header.Filter, palette.Clusters, table, band.Weights * (ulong)sizeof(T) >= StreamedBytes);
            *place = Place.Find(header, band.First / entry.Columns, band.First % entry.Columns);
        }
        ulong left = band.Weights;
        while (left > 0)
        {
            ulong count;
            Status status = Status.Ok;
            if (!header.Rows[place->Row])
            {
                count = Math.Min(left, entry.Columns - place->Column);
                new Output<T>(dst, count).Clear();
            }
            else if (header.Columns.IsNull)
            {
                // Rows one after the other are one stretch of the sequence.
                ulong rows = 1;
                ulong most = (place->Column + left - 1) / entry.Columns + 1;
                while (rows < most && header.Rows[place->Row + rows])
                    rows++;
                count = Math.Min(left, rows * entry.Columns - place->Column);
                status = reader->Read(place->Sequence, count, dst);
                place->Sequence += count;
            }
            else
            {
                count = Math.Min(left, Math.Min(SpreadColumns, entry.Columns - place->Column));
                status = Spread(header, reader, place, (uint)count, dst);
            }
            if (status != Status.Ok)
                return status;
            place->Column += count;
            place->Row += place->Column / entry.Columns;
            place->Column %= entry.Columns;
            dst += count;
            left -= count;
        }
        return Status.Ok;
    }

    /// <summary>Where a weight is in the matrix, and how many of the sequence are before it.</summary>
    private struct Place
    {
        public ulong Row;
        public ulong Column;
        public ulong Sequence;

        public static Place Find(in Header header, ulong row, ulong column) => new()
        {
            Row = row,
            Column = column,
            Sequence = header.Rows.Count(0, row) * header.Columns.Alive
                + (header.Rows[row] ? header.Columns.Count(0, column) : 0),
        };
    }

    /// <summary>Part of a row whose dead columns are not in the sequence.</summary>
    private static Status Spread<T>(in Header header, CoupledReader* reader, Place* place, uint count, T* dst)
        where T : unmanaged
    {
        byte* read = (byte*)reader + CoupledReader.Bytes(header.Filter);
        byte* spread = read + SpreadColumns;
        ulong alive = header.Columns.Count(place->Column, place->Column + count);
        Status status = reader->Read(place->Sequence, alive, (CoupledReader.Id*)read);
        place->Sequence += alive;
        for (uint i = 0; i < count; i++)
            spread[i] = header.Columns[place->Column + i] ? *read++ : (byte)0;
        reader->Convert(spread, count, dst);
        return status;
    }
}
