using System.Text;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>Takes a band of decoded rows.</summary>
/// <param name="firstRow">The band's first row.</param>
/// <param name="elements">Its elements, row by row.</param>
public delegate void BandVisitor(long firstRow, ReadOnlySpan<byte> elements);

/// <summary>A tensor of an open .wls file; no longer valid when the file is disposed.</summary>
public sealed unsafe class WlsTensor
{
    private const int BandBytes = 1 << 22;

    private readonly TensorDecoder _decoder;

    internal WlsTensor(in TensorDecoder decoder)
    {
        _decoder = decoder;
        TensorEntry entry = decoder.Entry;
        Name = Encoding.UTF8.GetString(entry.NameBytes);
        long[] shape = new long[entry.Rank];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = (long)entry.Shape[i];
        Shape = shape;
    }

    /// <summary>The decoder itself, for who brings their own memory.</summary>
    internal TensorDecoder Decoder => _decoder;

    public string Name { get; }

    public IReadOnlyList<long> Shape { get; }

    public ElementType Type => _decoder.Entry.Type;

    public Method Method => _decoder.Entry.Method;

    public Coder Coder => _decoder.Entry.Coder;

    public long Rows => (long)_decoder.Entry.Rows;

    public long Columns => (long)_decoder.Entry.Columns;

    public long Weights => (long)_decoder.Entry.Weights;

    /// <summary>Non-zero weights that were encoded; all weights of a stored tensor.</summary>
    public long Nonzeros => (long)_decoder.Nonzeros;

    public int Clusters => _decoder.Clusters;

    /// <summary>Bits of a filter's cell; 0 for the exact methods.</summary>
    public int CellBits => _decoder.CellBits;

    /// <summary>All that the file holds for it.</summary>
    public long EncodedBytes => (long)_decoder.Entry.EncodedBytes;

    public long DenseBytes => (long)_decoder.Entry.DenseBytes;

    /// <summary>Decodes it band by band, so that a layer larger than memory can be gone through.</summary>
    /// <exception cref="ModelFormatException">The section is damaged.</exception>
    public void ForEachBand(ElementType output, BandVisitor visit)
    {
        long rowBytes = Columns * ElementTypes.Size(output);
        long bandRows = Math.Clamp(BandBytes / Math.Max(rowBytes, 1), 1, Math.Max(Rows, 1));
        if (rowBytes * bandRows > Array.MaxLength)
            throw new ModelFormatException($"tensor {ModelFormatException.Quote(Name)} has rows of 2 GiB or more");
        byte[] band = new byte[rowBytes * bandRows];
        byte[] workspace = new byte[_decoder.WorkspaceSize];
        fixed (byte* dst = band, scratch = workspace)
        {
            for (long row = 0; row < Rows; row += bandRows)
            {
                long count = Math.Min(bandRows, Rows - row);
                WlsFile.Check(_decoder.DecodeRows(output, (ulong)row, (ulong)count, dst, (nuint)band.Length, scratch,
                    (nuint)workspace.Length));
                visit(row, band.AsSpan(0, (int)(count * rowBytes)));
            }
        }
    }

    /// <summary>The whole tensor.</summary>
    /// <exception cref="ModelFormatException">The section is damaged, or the tensor has 2 GiB or more.</exception>
    public byte[] Decode(ElementType output)
    {
        long bytes = Weights * ElementTypes.Size(output);
        if (bytes > Array.MaxLength)
            throw new ModelFormatException($"tensor {ModelFormatException.Quote(Name)} has 2 GiB or more");
        byte[] decoded = new byte[bytes];
        byte[] workspace = new byte[_decoder.WorkspaceSize];
        fixed (byte* dst = decoded, scratch = workspace)
        {
            WlsFile.Check(_decoder.DecodeRows(output, 0, (ulong)Rows, dst, (nuint)bytes, scratch, (nuint)workspace.Length));
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
}
