using System.Runtime.InteropServices;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Codecs.Context;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Context;

/// <summary>Writes a context section with given parameters: the encoder's side of <see cref="ContextModel"/>.</summary>
internal sealed unsafe class ContextSection(ClusteredTensor tensor, ContextSymbols symbols, IReadOnlyList<EncodedTensor> earlier)
{
    /// <summary>The section of the first <paramref name="rows"/> rows.</summary>
    public byte[] Write(ContextHeader header, int rows)
    {
        header.Rows = (ulong)rows;
        header.Columns = (ulong)symbols.Columns;
        header.Clusters = tensor.Clusters;
        header.Nonzeros = (ulong)(rows * (long)symbols.Columns - tensor.Ids.AsSpan(0, rows * symbols.Columns).Count((byte)0));
        header.CodebookType = tensor.CodebookType;
        header.BackgroundRank = symbols.BackgroundRank;
        if (header.Mode == ContextMode.Gaps)
            header.GapClasses = GapClasses(header);
        AliveMask? parent = header.HasParent ? earlier[(int)header.ParentIndex].AliveRows : null;
        header.ParentRows = (ulong)(parent?.Length ?? 0);

        BitWriter section = new();
        WriteHeader(header, section);
        ContextModel* model = (ContextModel*)NativeMemory.AllocZeroed((nuint)ContextModel.Size(header).All);
        try
        {
            ContextModel.Create(model, header);
            Walk(model, parent, rows, section);
        }
        finally
        {
            NativeMemory.Free(model);
        }
        return section.ToArray();
    }

    private static void WriteHeader(in ContextHeader header, BitWriter section)
    {
        int flags = (int)header.Mode
            | (header.HasRowMask ? ContextHeader.RowMaskBit : 0)
            | (header.HasColumnMask ? ContextHeader.ColumnMaskBit : 0)
            | (header.HasParent ? ContextHeader.ParentBit : 0)
            | (header.BackgroundRank >= 0 ? ContextHeader.BackgroundBit : 0)
            | (header.Period > 0 ? ContextHeader.PeriodBit : 0);
        section.WriteByte((byte)header.Clusters);
        section.WriteByte((byte)flags);
        section.WriteVarint(header.Nonzeros);
        if (header.Mode == ContextMode.Gaps)
            section.WriteByte((byte)header.GapClasses);
        if (header.BackgroundRank >= 0)
            section.WriteByte((byte)header.BackgroundRank);
        if (header.Period > 0)
            section.WriteVarint((ulong)header.Period);
        if (header.HasParent)
            section.WriteVarint(header.ParentIndex);
    }

    private void Walk(ContextModel* model, AliveMask? parent, int rows, BitWriter section)
    {
        parent?.CopyTo(model->ParentMask);
        for (int i = 0; i < tensor.Clusters; i++)
            model->Centroids[i] = Palette.Convert(tensor.Centroids[i], tensor.Type, tensor.CodebookType);
        RangeEncoder coder = new(section);
        NoOutput output = default;
        fixed (byte* values = symbols.Values, aliveRows = new byte[BitMask.Bytes((ulong)symbols.Rows)],
            aliveColumns = new byte[BitMask.Bytes((ulong)symbols.Columns)])
        {
            symbols.AliveRows.CopyTo(new BitMask(aliveRows));
            symbols.AliveColumns.CopyTo(new BitMask(aliveColumns));
            model->Begin(ref coder, new BitMask(aliveRows), new BitMask(aliveColumns));
            for (int row = 0; row < rows; row++)
                model->CodeRow(ref coder, ref output, (ulong)row, values + (long)row * symbols.Columns);
        }
        coder.Finish();
    }

    private int GapClasses(in ContextHeader header)
    {
        ulong gap = 0;
        ulong largest = 0;
        for (int row = 0; row < (int)header.Rows; row++)
        {
            if (header.HasRowMask && !symbols.AliveRows[row])
                continue;
            ReadOnlySpan<byte> values = symbols.Values.AsSpan(row * symbols.Columns, symbols.Columns);
            for (int column = 0; column < values.Length; column++)
            {
                if (values[column] != 0)
                    gap = 0;
                else if (!header.HasColumnMask || symbols.AliveColumns[column])
                    largest = Math.Max(largest, ++gap);
            }
        }
        return ContextGaps.Class(largest) + 1;
    }
}
