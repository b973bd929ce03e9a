using System.Text;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Wls;

/// <summary>Takes a band of decoded rows.</summary>
/// <param name="firstRow">The band's first row.</param>
/// <param name="elements">Its elements, row by row.</param>
public delegate void BandVisitor(long firstRow, ReadOnlySpan<byte> elements);

/// <summary>A tensor of an open .wls file; no longer valid when the file is disposed.</summary>
public sealed unsafe class WlsTensor
{
    private const int BandBytes = 1 << 22;

    private readonly TensorEntry _entry;
    private readonly TensorDirectory _directory;
    private readonly SectionFacts _facts;
    private readonly nuint _workspaceSize;

    internal WlsTensor(in TensorEntry entry, in TensorDirectory directory)
    {
        _entry = entry;
        _directory = directory;
        FactsCall open = default;
        WlsFile.Check(Run(ref open));
        _facts = open.Facts;
        _workspaceSize = open.WorkspaceSize;
        Name = Encoding.UTF8.GetString(entry.NameBytes);
        long[] shape = new long[entry.Rank];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = (long)entry.Shape[i];
        Shape = shape;
    }

    internal TensorEntry Entry => _entry;

    /// <summary>Bytes of workspace that decoding needs.</summary>
    internal nuint WorkspaceSize => _workspaceSize;

    /// <summary><c>wl_decode_rows</c>, for who brings their own memory.</summary>
    internal Status DecodeRows(ElementType output, ulong firstRow, ulong rowCount, byte* dst, nuint dstSize, byte* workspace,
        nuint workspaceSize)
    {
        RowsCall call = new(output, firstRow, rowCount, dst, dstSize, new Scratch(workspace, workspaceSize));
        return Run(ref call);
    }

    /// <summary><c>wl_decode_csr</c>.</summary>
    internal Status DecodeCsr(ElementType output, in CsrArrays arrays, byte* workspace, nuint workspaceSize)
    {
        CsrCall call = new(output, arrays, new Scratch(workspace, workspaceSize));
        return Run(ref call);
    }

    /// <summary><c>wl_matvec</c>.</summary>
    internal Status Multiply(float* x, nuint xSize, float* y, nuint ySize, byte* workspace, nuint workspaceSize)
    {
        ProductCall call = new(x, xSize, y, ySize, new Scratch(workspace, workspaceSize));
        return Run(ref call);
    }

    public string Name { get; }

    public IReadOnlyList<long> Shape { get; }

    public ElementType Type => _entry.Type;

    public Method Method => _entry.Method;

    public Coder Coder => _entry.Coder;

    public long Rows => (long)_entry.Rows;

    public long Columns => (long)_entry.Columns;

    public long Weights => (long)_entry.Weights;

    /// <summary>Non-zero weights that were encoded; all weights of a stored tensor.</summary>
    public long Nonzeros => (long)_facts.Nonzeros;

    public int Clusters => _facts.Clusters;

    /// <summary>Bits of a filter's cell; 0 for the exact methods.</summary>
    public int CellBits => _facts.CellBits;

    /// <summary>All that the file holds for it.</summary>
    public long EncodedBytes => (long)_entry.EncodedBytes;

    public long DenseBytes => (long)_entry.DenseBytes;

    /// <summary>Decodes it band by band, so that a layer larger than memory can be gone through.</summary>
    /// <exception cref="ModelFormatException">The section is damaged.</exception>
    /// <exception cref="ModelLimitException">A row has 2 GiB or more.</exception>
    public void ForEachBand(ElementType output, BandVisitor visit)
    {
        // Nothing has no rows to be too long: [0, 2^40] is a shape like another.
        if (Weights == 0)
            return;
        long rowBytes = Columns * ElementTypes.Size(output);
        long bandRows = Math.Clamp(BandBytes / Math.Max(rowBytes, 1), 1, Math.Max(Rows, 1));
        if (rowBytes * bandRows > Array.MaxLength)
            throw new ModelLimitException($"tensor {ModelFormatException.Quote(Name)} has rows of 2 GiB or more");
        byte[] band = new byte[rowBytes * bandRows];
        byte[] workspace = new byte[_workspaceSize];
        fixed (byte* dst = band, scratch = workspace)
        {
            for (long row = 0; row < Rows; row += bandRows)
            {
                long count = Math.Min(bandRows, Rows - row);
                WlsFile.Check(DecodeRows(output, (ulong)row, (ulong)count, dst, (nuint)band.Length, scratch, _workspaceSize));
                visit(row, band.AsSpan(0, (int)(count * rowBytes)));
            }
        }
    }

    /// <summary>The whole tensor.</summary>
    /// <exception cref="ModelFormatException">The section is damaged.</exception>
    /// <exception cref="ModelLimitException">The tensor has 2 GiB or more.</exception>
    public byte[] Decode(ElementType output)
    {
        long bytes = Weights * ElementTypes.Size(output);
        if (bytes > Array.MaxLength)
            throw new ModelLimitException($"tensor {ModelFormatException.Quote(Name)} has 2 GiB or more");
        byte[] decoded = new byte[bytes];
        byte[] workspace = new byte[_workspaceSize];
        fixed (byte* dst = decoded, scratch = workspace)
        {
            WlsFile.Check(DecodeRows(output, 0, (ulong)Rows, dst, (nuint)bytes, scratch, _workspaceSize));
        }
        return decoded;
    }

    /// <summary>Zero weights that a filter decodes to a centroid: what it decodes less what was encoded.</summary>
    public long CountFalsePositives()
    {
        if (CellBits == 0)
            return 0;
        long decoded = 0;
        ForEachBand(ElementType.Id8, (_, ids) => decoded += ids.Length - ids.Count((byte)0));
        return decoded - Nonzeros;
    }

    private Status Run<TCall>(ref TCall call) where TCall : struct, ICodecCall => Dispatch.Run(_entry, _directory, ref call);
}
