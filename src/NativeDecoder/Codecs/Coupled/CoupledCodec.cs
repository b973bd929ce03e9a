using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>
/// Method <c>coupled</c>: a spatially coupled Bloomier filter with lane groups. It answers as <c>bloomier</c> does, non-zeros
/// exactly and a zero with a false positive of probability K / 2^t, but in under 1.01 cells a non-zero, and 64 neighbours share
/// one hash and read their cells side by side from a part of the filter that moves on with them. docs/format-coupled.md defines it.
/// </summary>
internal unsafe struct CoupledCodec : ICodec<CoupledCodec>
{
    public const int RowMaskBit = 0x40;
    public const int ColumnMaskBit = 0x80;

    // Outputs larger than the caches are stored past them: no line is read before it is overwritten.
    private const ulong StreamedBytes = 16 << 20;

    private TensorEntry _entry;
    private Palette _palette;

    // All default when there is no non-zero.
    private CoupledFilter _filter;

    private BitMask _rows;
    private BitMask _columns;
    private ulong _aliveColumns;

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out CoupledCodec codec)
    {
        codec = new CoupledCodec { _entry = entry };
        ByteReader section = entry.SectionReader;
        return Palette.TryRead(entry, ref section, out codec._palette) && codec.TryReadFilter(ref section) ? Status.Ok : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_palette.Nonzeros, _palette.Clusters, _filter.CellBits);

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output);

    public readonly ulong UnitWeights => 1;

    public readonly nuint StateBytes => _filter.Groups == 0
        ? 0
        : (nuint)sizeof(Place) + CoupledReader.Bytes(_filter) + (_columns.IsNull ? 0 : CoupledSpread.Bytes);

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged => _palette.Fill(output, table);

    /// <summary>Later parts of one call go on with the reader that the first one left in the workspace.</summary>
    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        if (_filter.Groups == 0)
        {
            new Output<T>(dst, range.Count).Clear();
            return Status.Ok;
        }
        Place* place = (Place*)new Workspace(memory, StateBytes, 0, part).State;
        CoupledReader* reader = (CoupledReader*)(place + 1);
        CoupledSpread* spread = (CoupledSpread*)((byte*)reader + CoupledReader.Bytes(_filter));
        if (part != Part.Later)
        {
            reader->Open(_filter, _palette.Clusters, table, range.Count * (ulong)sizeof(T) >= StreamedBytes);
            *place = Find(range.First / _entry.Columns, range.First % _entry.Columns);
            if (!_columns.IsNull)
                *spread = default;
        }
        ulong left = range.Count;
        while (left > 0)
        {
            ulong count;
            Status status = Status.Ok;
            if (!_rows[place->Row])
            {
                count = Math.Min(left, _entry.Columns - place->Column);
                new Output<T>(dst, count).Clear();
            }
            else if (_columns.IsNull)
            {
                // Rows one after the other are one stretch of the sequence.
                ulong rows = 1;
                ulong most = (place->Column + left - 1) / _entry.Columns + 1;
                while (rows < most && _rows[place->Row + rows])
                    rows++;
                count = Math.Min(left, rows * _entry.Columns - place->Column);
                status = reader->Read(place->Sequence, count, dst);
                place->Sequence += count;
            }
            else
            {
                count = Math.Min(left, Math.Min(CoupledSpread.Most, _entry.Columns - place->Column));
                status = spread->Read(reader, _columns, place->Column, (uint)count, ref place->Sequence,
                    _filter.Groups * CoupledFilter.GroupSize, left, dst);
            }
            if (status != Status.Ok)
                return status;
            place->Column += count;
            place->Row += place->Column / _entry.Columns;
            place->Column %= _entry.Columns;
            dst += count;
            left -= count;
        }
        return Status.Ok;
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<CoupledCodec, T, TVisitor>(this, output, memory, visitor);

    public readonly bool SkipsZeros => false;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;

    /// <summary>Where a weight is in the matrix, and how many of the sequence are before it.</summary>
    private struct Place
    {
        public ulong Row;
        public ulong Column;
        public ulong Sequence;
    }

    private readonly Place Find(ulong row, ulong column) => new()
    {
        Row = row,
        Column = column,
        Sequence = _rows.Count(0, row) * _aliveColumns + (_rows[row] ? _columns.Count(0, column) : 0),
    };

    private bool TryReadFilter(ref ByteReader section)
    {
        if (_palette.Nonzeros == 0)
            return section.Left == 0;
        if (!section.TryByte(out byte first) || !section.TryByte(out byte second)
            || !CoupledFilter.TryRead(first, (byte)(second & 0x3f), out _filter)
            || _palette.Clusters > 1 << _filter.CellBits)
            return false;
        if ((second & RowMaskBit) != 0 && !BitMask.TryRead(ref section, _entry.Rows, out _rows)
            || (second & ColumnMaskBit) != 0 && !BitMask.TryRead(ref section, _entry.Columns, out _columns))
            return false;
        _aliveColumns = _columns.Count(0, _entry.Columns);
        ulong length = _rows.Count(0, _entry.Rows) * _aliveColumns;
        return length >= _palette.Nonzeros && _filter.TryRead(ref section, length);
    }
}
