using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>
/// Reads a coupled filter's sequence from anywhere, forward fastest: the cells ahead stay unpacked from one call to the
/// next. It lies in the caller's workspace, its buffers right behind it.
/// </summary>
/// <remarks>
/// No read can leave the window. A run of groups is given to a kernel only with low &lt;= y and y + reach &lt;= high for all of
/// them; y is monotone within a block, for Y[b] &lt;= Y[b + 1] &lt;= m is tested for each block used. Cells, seeds and hashes can be
/// anything.
/// </remarks>
internal unsafe struct CoupledReader
{
    private const int WindowCells = 16 * 1024;

    // Unpacking goes by whole units.
    private const int Slack = 64;

    private const int ChunkGroups = 64;
    private const int IdsBytes = ChunkGroups * CoupledFilter.GroupSize;
    private const int GroupBytes = CoupledFilter.GroupSize * sizeof(uint);

    private CoupledFilter _filter;
    private CoupledTables _tables;
    private CoupledKernels _kernels;
    private delegate*<byte*, ulong, void*, void*, void> _lookUp;
    private CoupledPiece _piece;
    private CoupledFilter.Cursor _cursor;
    private bool _hasPiece;
    private bool _isIdentity;
    private bool _streams;

    // The window holds cells [low, high) of the ring, counted on past its end.
    private uint _low;
    private uint _high;

    /// <summary>Bytes of the reader and its buffers.</summary>
    public static nuint Bytes(in CoupledFilter filter) =>
        (nuint)(sizeof(CoupledReader) + GroupBytes + IdsBytes + (filter.CellBits > 8 ? 2 : 1) * (WindowCells + Slack));

    /// <param name="elements">The output elements of all ids; they have to stay there while the reader is used.</param>
    /// <param name="streams">Whether to store past the caches, for destinations larger than they are.</param>
    public void Open<T>(in CoupledFilter filter, int clusters, T* elements, bool streams) where T : unmanaged
    {
        this = default;
        _filter = filter;
        InstructionSet set = InstructionSets.Current;
        _kernels = CoupledKernels.Choose(set, filter, clusters);
        _lookUp = IdLookUp.ChooseSparse(set, clusters + 1, sizeof(T));
        _streams = streams && sizeof(T) == 4 && _kernels.Streaming != null;
        CoupledTables* tables = (CoupledTables*)Unsafe.AsPointer(ref _tables);
        tables->Fill(filter, clusters, elements);
        _isIdentity = sizeof(T) == 1;
        for (int i = 1; i <= clusters && _isIdentity; i++)
            _isIdentity = ((byte*)elements)[i] == i;
    }

    /// <summary>In place of an output type: the ids themselves.</summary>
    public struct Id
    {
        public byte Value;
    }

    /// <summary>Weights [first, first + count) of the sequence, which the caller has checked to be in it.</summary>
    public Status Read<T>(ulong first, ulong count, T* d) where T : unmanaged
    {
        const int size = CoupledFilter.GroupSize;
        while (count > 0)
        {
            ulong at = first % size;
            ulong n;
            Status status;
            if (at == 0 && count >= size)
            {
                n = count / size * size;
                status = Groups(first / size, count / size, _streams, d);
                if (_streams)
                    System.Runtime.Intrinsics.X86.Sse.StoreFence();
            }
            else
            {
                n = Math.Min(count, size - at);
                T* group = (T*)Buffers;
                status = Groups(first / size, 1, false, group);
                Unsafe.CopyBlockUnaligned(d, group + at, (uint)n * (uint)sizeof(T));
            }
            if (status != Status.Ok)
                return status;
            first += n;
            count -= n;
            d += n;
        }
        return Status.Ok;
    }

    /// <summary>Ids to output elements; in place if these are bytes.</summary>
    public readonly void Convert<T>(byte* ids, nuint count, T* d) where T : unmanaged
    {
        _lookUp(ids, count, Tables->Elements, d);
    }

    // The reader is in unmanaged memory, so that its address stays.
    private readonly CoupledReader* This => (CoupledReader*)Unsafe.AsPointer(ref Unsafe.AsRef(in this));

    private readonly CoupledTables* Tables => &This->_tables;

    private readonly byte* Buffers => (byte*)(This + 1);

    private readonly byte* Ids => Buffers + GroupBytes;

    private readonly byte* Window => Ids + IdsBytes;

    private readonly byte* HighWindow => Window + WindowCells + Slack;

    private Status Groups<T>(ulong group, ulong count, bool streams, T* d) where T : unmanaged
    {
        uint reach = (uint)_filter.Reach;
        while (count > 0)
        {
            if (!_hasPiece || group - _piece.FirstGroup >= _piece.Groups)
            {
                _piece = _filter.Piece((uint)(group / _filter.PieceGroups), ref _cursor);
                _hasPiece = true;
                _low = _high = 0;
            }
            ulong local = group - _piece.FirstGroup;
            ulong block = local / _filter.BlockGroups;
            ulong r = local % _filter.BlockGroups;
            uint y0 = _piece.Entry(block);
            uint y1 = _piece.Entry(block + 1);
            if (y0 > y1 || y1 > _piece.Cells)
                return Status.Corrupt;
            ulong length = Math.Min(_filter.BlockGroups, _piece.Groups - block * _filter.BlockGroups);
            ulong step = ((ulong)(y1 - y0) << 32) / length;
            ulong y = ((ulong)y0 << 32) + step * r;

            for (ulong left = Math.Min(count, length - r); left > 0;)
            {
                uint cell = (uint)(y >> 32);
                if (cell < _low || cell + reach > _high)
                {
                    // After a jump only what this call will read; going on from there, a whole window.
                    bool forward = cell >= _low && cell <= _high && _high != 0;
                    uint end = forward ? _piece.Cells : LastCell(Math.Min(local + count, _piece.Groups) - 1);
                    _low = cell & ~63u;
                    _high = Math.Min(_low + WindowCells, Math.Max(end, cell) + reach);
                    Unpack();
                }
                ulong run = left;
                if (((y + step * (run - 1)) >> 32) + reach > _high)
                    run = ((((ulong)(_high - reach) << 32) | uint.MaxValue) - y) / step + 1;
                Run(local, y - ((ulong)_low << 32), step, run, streams, d);
                d += run * CoupledFilter.GroupSize;
                y += step * run;
                local += run;
                group += run;
                left -= run;
                count -= run;
            }
        }
        return Status.Ok;
    }

    /// <summary>The y of a group, or of a later one, as far as the directory is to be believed; at most the end of the ring.</summary>
    private readonly uint LastCell(ulong local)
    {
        ulong block = local / _filter.BlockGroups;
        ulong r = local % _filter.BlockGroups + 1;
        uint y0 = _piece.Entry(block);
        uint y1 = _piece.Entry(block + 1);
        ulong length = Math.Min(_filter.BlockGroups, _piece.Groups - block * _filter.BlockGroups);
        return y0 > y1 || y1 > _piece.Cells ? _piece.Cells : y0 + (uint)((ulong)(y1 - y0) * r / length);
    }

    private readonly void Run<T>(ulong local, ulong y, ulong step, ulong groups, bool streams, T* d) where T : unmanaged
    {
        CoupledTables* tables = Tables;
        CoupledRun run = new()
        {
            Window = Window,
            HighWindow = HighWindow,
            Counter = _piece.Counter + local * CoupledHash.Golden,
            Y = y,
            Step = step,
            Groups = (nint)groups,
            Destination = (byte*)d,
        };
        if (sizeof(T) == 1)
        {
            _kernels.Ids(&run, tables);
            if (typeof(T) != typeof(Id) && !_isIdentity)
                Convert((byte*)d, (nuint)groups * CoupledFilter.GroupSize, (byte*)d);
            return;
        }
        if (sizeof(T) == 4 && _kernels.Float32 != null)
        {
            if (streams && ((nuint)d & _kernels.StreamingMask) == 0)
                _kernels.Streaming(&run, tables);
            else
                _kernels.Float32(&run, tables);
            return;
        }
        for (; groups > 0; groups -= (ulong)run.Groups)
        {
            run.Groups = (nint)Math.Min(groups, ChunkGroups);
            run.Destination = Ids;
            _kernels.Ids(&run, tables);
            nuint n = (nuint)run.Groups * CoupledFilter.GroupSize;
            Convert(Ids, n, d);
            d += n;
            run.Counter += (ulong)run.Groups * CoupledHash.Golden;
            run.Y += (ulong)run.Groups * step;
        }
    }

    /// <summary>Cells [low, high) into the window. It may write up to 63 bytes beyond them.</summary>
    private readonly void Unpack()
    {
        int whole = _filter.CellBits >= 8 ? 1 : 0;
        int planes = _filter.CellBits - 8 * whole;
        uint unit = (uint)(whole * 64 + planes * 8);
        byte* cells = whole != 0 ? HighWindow : Window;
        byte* rest = stackalloc byte[64 + 64];
        uint c = _low % _piece.Cells;
        uint n = _high - _low;
        uint lap = Math.Min(n, _piece.Cells);
        for (uint i = 0; i < lap;)
        {
            byte* p = _piece.Data + (ulong)(c / 64) * unit;
            uint have = Math.Min(64, _piece.Cells - c);
            if (have < 64)
            {
                // The short unit at the end of the ring, stretched to a whole one.
                uint bytes = (have + 7) / 8;
                Unsafe.InitBlockUnaligned(rest, 0, 128);
                Unsafe.CopyBlockUnaligned(rest, p, have * (uint)whole);
                for (int j = 0; j < planes; j++)
                    Unsafe.CopyBlockUnaligned(rest + whole * 64 + 8 * j, p + have * (uint)whole + (uint)j * bytes, bytes);
                p = rest;
            }
            if (whole != 0)
                Unsafe.CopyBlockUnaligned(Window + i, p, 64);
            if (planes != 0)
                _kernels.Unpack(p + whole * 64, planes, cells + i, Tables);
            i += have;
            c = c + have == _piece.Cells ? 0 : c + have;
        }
        // A small ring goes round more than once.
        for (uint i = lap; i < n; i *= 2)
        {
            uint count = Math.Min(i, n - i);
            Unsafe.CopyBlockUnaligned(Window + i, Window, count);
            if (whole != 0 && planes != 0)
                Unsafe.CopyBlockUnaligned(HighWindow + i, HighWindow, count);
        }
    }
}
