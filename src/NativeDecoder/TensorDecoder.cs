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
    private ContextHeader _context;

    // Behind the palette and the method's own parameters.
    private ByteReader _section;

    public readonly TensorEntry Entry => _entry;

    public readonly int Clusters => _palette.Clusters;

    /// <summary>Non-zero weights that were encoded; all weights of a stored tensor.</summary>
    public readonly ulong Nonzeros => _entry.Method == Method.Stored ? _entry.Weights : _palette.Nonzeros;

    /// <summary>Bits of a filter's cell; 0 for the exact methods.</summary>
    public readonly int CellBits => _bloomier.CellBits;

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

    private readonly nuint StateBytes => _entry.Method switch
    {
        Method.Dense => Dense.StateBytes(_palette, _entry.Coder),
        Method.Csr => Csr.StateBytes(_palette, _csr, _entry.Coder),
        Method.Bloomier => Bloomier.StateBytes(_bloomier, _entry.Coder),
        Method.Context => _entry.Weights == 0 ? 0 : Context.StateBytes(_context),
        _ => 0,
    };

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
        Workspace workspace = new(memory, StateBytes);
        return _entry.Method switch
        {
            Method.Dense => Dense.Decode(_entry, _palette, _section, band, table, dst, workspace),
            Method.Csr => Csr.Decode(_entry, _palette, _csr, _section, band, table, dst, workspace),
            _ => Bloomier.Decode(_entry, _palette, _bloomier, _section, band, table, dst, workspace),
        };
    }
}
