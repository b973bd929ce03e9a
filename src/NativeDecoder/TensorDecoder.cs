using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder;

/// <summary>
/// One tensor of a file, its section's parameters checked, ready to be decoded. The C ABI and the encoder's own checks
/// both decode through here.
/// </summary>
public unsafe struct TensorDecoder
{
    private TensorEntry _entry;
    private Palette _palette;
    private Csr.Header _csr;
    private Bloomier.Header _bloomier;
    private Coupled.Header _coupled;
    private ContextHeader _context;

    // Behind the palette and the method's own parameters.
    private ByteReader _section;

    public readonly TensorEntry Entry => _entry;

    public readonly int Clusters => _palette.Clusters;

    /// <summary>Non-zero weights that were encoded; all weights of a stored tensor.</summary>
    public readonly ulong Nonzeros => _entry.Method == Method.Stored ? _entry.Weights : _palette.Nonzeros;

    /// <summary>Bits of a filter's cell; 0 for the exact methods.</summary>
    public readonly int CellBits => Math.Max(_bloomier.CellBits, _coupled.Filter.CellBits);

    /// <summary>Reads and checks the parameters of an entry's section.</summary>
    /// <param name="model">The file, for what a section takes from an earlier one; <c>default</c> if it is at hand no more.</param>
    public static Status Open(in TensorEntry entry, in Model model, out TensorDecoder decoder)
    {
        decoder = new TensorDecoder { _entry = entry, _section = entry.SectionReader };
        if (entry.Method == Method.Stored)
            return Status.Ok;
        if (entry.Method == Method.Context)
            return decoder.TryOpenContext(model) ? Status.Ok : Status.Corrupt;
        bool read = Palette.TryRead(entry, ref decoder._section, out decoder._palette)
            && entry.Method switch
            {
                Method.Csr => Csr.Header.TryRead(ref decoder._section, out decoder._csr),
                Method.Bloomier => Bloomier.Header.TryRead(decoder._palette, ref decoder._section, out decoder._bloomier),
                Method.Coupled => Coupled.Header.TryRead(entry, decoder._palette, ref decoder._section, out decoder._coupled),
                _ => true,
            };
        return read ? Status.Ok : Status.Corrupt;
    }

    /// <summary>Bytes of workspace that decoding needs, whatever the rows and the output type.</summary>
    public readonly nuint WorkspaceSize => Workspace.Size(StateBytes);

    /// <summary>
    /// Decodes <paramref name="rowCount"/> rows from <paramref name="firstRow"/> on into <paramref name="dst"/>: see
    /// <c>wl_decode_rows</c>.
    /// </summary>
    public readonly Status DecodeRows(ElementType output, ulong firstRow, ulong rowCount, byte* dst, nuint dstSize,
        byte* workspace, nuint workspaceSize)
    {
        if (!Palette.CanDecode(_entry.Type, output) || output == ElementType.Id8 && _entry.Method == Method.Stored)
            return Status.Type;
        if (firstRow > _entry.Rows || rowCount > _entry.Rows - firstRow)
            return Status.Rows;
        int elementSize = ElementTypes.Size(output);
        Band band = new(firstRow, rowCount, _entry.Rows, _entry.Columns);
        ulong bytes = band.Weights * (ulong)elementSize;
        if (bytes > dstSize)
            return Status.DstSize;
        if (workspaceSize < WorkspaceSize)
            return Status.WorkspaceSize;
        if (bytes > 0 && dst == null || WorkspaceSize > 0 && workspace == null)
            return Status.Argument;
        if (bytes == 0)
            return Status.Ok;
        if (_entry.Method == Method.Stored)
            return Stored.Decode(_entry, band, output, dst);
        return elementSize switch
        {
            1 => Decode(output, band, dst, workspace),
            2 => Decode(output, band, (ushort*)dst, workspace),
            _ => Decode(output, band, (uint*)dst, workspace),
        };
    }

    /// <summary>The elements that are not zero: see <c>wl_decode_csr</c>.</summary>
    public readonly Status DecodeCsr(ElementType output, ulong* rowOffsets, nuint rowOffsetsSize, uint* columnIndexes, byte* values,
        nuint capacity, byte* workspace, nuint workspaceSize)
    {
        Status status = Check(output, workspace, workspaceSize);
        if (status != Status.Ok)
            return status;
        if (rowOffsetsSize / sizeof(ulong) <= _entry.Rows || _entry.Columns > 1ul << 32)
            return Status.DstSize;
        if (rowOffsets == null || capacity > 0 && (columnIndexes == null || values == null))
            return Status.Argument;
        return ElementTypes.Size(output) switch
        {
            1 => DecodeCsr(output, rowOffsets, columnIndexes, values, capacity, workspace),
            2 => DecodeCsr(output, rowOffsets, columnIndexes, (ushort*)values, capacity, workspace),
            4 => DecodeCsr(output, rowOffsets, columnIndexes, (uint*)values, capacity, workspace),
            _ => DecodeCsr(output, rowOffsets, columnIndexes, (ulong*)values, capacity, workspace),
        };
    }

    /// <summary>y = W x: see <c>wl_matvec</c>.</summary>
    public readonly Status Multiply(float* x, nuint xSize, float* y, nuint ySize, byte* workspace, nuint workspaceSize)
    {
        Status status = Check(ElementType.F32, workspace, workspaceSize);
        if (status != Status.Ok)
            return status;
        if (ySize / sizeof(float) < _entry.Rows)
            return Status.DstSize;
        if (xSize / sizeof(float) < _entry.Columns || x == null && _entry.Columns > 0 || y == null && _entry.Rows > 0)
            return Status.Argument;
        new Output<float>(y, _entry.Rows).Clear();
        MatrixProduct product = new(x, y, _entry.Columns);
        return ForEachPiece<uint, MatrixProduct>(ElementType.F32, workspace, ref product);
    }

    private readonly nuint StateBytes => _entry.Method switch
    {
        Method.Dense => Dense.StateBytes(_palette, _entry.Coder),
        Method.Csr => Csr.StateBytes(_palette, _csr, _entry.Coder),
        Method.Bloomier => Bloomier.StateBytes(_bloomier, _entry.Coder),
        Method.Coupled => Coupled.StateBytes(_coupled),
        Method.Context => _entry.Weights == 0 ? 0 : Context.StateBytes(_context),
        _ => 0,
    };

    private readonly ulong Parameters =>
        (uint)_palette.Clusters | (uint)_csr.GapBits << 8 | (uint)_bloomier.CellBits << 16 | _bloomier.Segment << 32;

    private readonly Status Check(ElementType output, byte* workspace, nuint workspaceSize)
    {
        if (!Palette.CanDecode(_entry.Type, output) || output == ElementType.Id8 && _entry.Method == Method.Stored)
            return Status.Type;
        if (workspaceSize < WorkspaceSize)
            return Status.WorkspaceSize;
        return WorkspaceSize > 0 && workspace == null ? Status.Argument : Status.Ok;
    }

    private readonly Status DecodeCsr<T>(ElementType output, ulong* rowOffsets, uint* columnIndexes, T* values, nuint capacity,
        byte* workspace) where T : unmanaged, IEquatable<T>
    {
        new Output<ulong>(rowOffsets, _entry.Rows + 1).Clear();
        CompressedRows<T> rows = new(rowOffsets, columnIndexes, values, capacity);
        Status status = ForEachPiece<T, CompressedRows<T>>(output, workspace, ref rows);
        rowOffsets[_entry.Rows] = rows.Count;
        return status == Status.Ok && rows.Count > capacity ? Status.DstSize : status;
    }

    /// <summary>Shows all weights to a visitor, through a buffer on the stack that no layer outgrows.</summary>
    private readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, ref TVisitor visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        const int pieceBytes = 4096;
        if (_entry.Weights == 0)
            return Status.Ok;
        T* table = stackalloc T[Palette.TableLength];
        if (_entry.Method is not (Method.Stored or Method.Context))
            _palette.Fill(output, table);
        T* piece = stackalloc T[pieceBytes / sizeof(T)];
        if (_entry.Method == Method.Context)
        {
            fixed (TVisitor* shown = &visitor)
                return Context.ForEachPiece(_entry, _context, _section, output, table, piece, pieceBytes / sizeof(T), memory, shown);
        }
        ulong most = (ulong)(pieceBytes / sizeof(T));
        ulong columns = _entry.Columns;
        ulong atOnce = Math.Max(most / columns, 1);
        Part part = Part.First;
        for (ulong row = 0; row < _entry.Rows; row += atOnce)
        {
            ulong rows = Math.Min(atOnce, _entry.Rows - row);
            for (ulong column = 0; column < columns; column += most)
            {
                ulong count = Math.Min(most, columns - column);
                // Methods decode ranges of weights, whatever the rows: a band of rows of one column.
                Band band = new(row * columns + column, rows * count, _entry.Weights, 1);
                Status status = _entry.Method == Method.Stored
                    ? Stored.Decode(_entry, band, output, (byte*)piece)
                    : Decode(band, table, piece, new Workspace(memory, StateBytes, Parameters, part));
                if (status != Status.Ok)
                    return status;
                visitor.Visit(row, column, rows, count, piece);
                part = Part.Later;
            }
        }
        return Status.Ok;
    }

    private bool TryOpenContext(in Model model)
    {
        if (!ContextHeader.TryRead(_entry, model, ref _section, out _context))
            return false;
        // Its codebook is coded: what is known without decoding is how large it is.
        _palette = new Palette { Clusters = _context.Clusters, Nonzeros = _context.Nonzeros };
        return true;
    }

    private readonly Status Decode<T>(ElementType output, in Band band, T* dst, byte* memory) where T : unmanaged
    {
        T* table = stackalloc T[Palette.TableLength];
        if (_entry.Method == Method.Context)
            return Context.Decode(_entry, _context, _section, band, output, table, dst, memory);
        _palette.Fill(output, table);
        return Decode(band, table, dst, new Workspace(memory, StateBytes, Parameters));
    }

    private readonly Status Decode<T>(in Band band, T* table, T* dst, in Workspace workspace) where T : unmanaged =>
        _entry.Method switch
        {
            Method.Dense => Dense.Decode(_entry, _palette, _section, band, table, dst, workspace),
            Method.Csr => Csr.Decode(_entry, _palette, _csr, _section, band, table, dst, workspace),
            Method.Bloomier => Bloomier.Decode(_entry, _palette, _bloomier, _section, band, table, dst, workspace),
            _ => Coupled.Decode(_entry, _palette, _coupled, band, table, dst, workspace),
        };
}
