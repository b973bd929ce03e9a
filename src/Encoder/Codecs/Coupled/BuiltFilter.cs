using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Codecs.Coupled;

namespace Weightless.Encoder.Codecs.Coupled;

/// <summary>What a coupled filter's parameters are: see the decoder's file of this name.</summary>
internal readonly record struct CoupledShape(int CellBits, int Hashes, int SpanLog2, int EntryBytes, long BlockGroups, long PieceBlocks);

/// <summary>A piece as it was built: its blocks' first cells, and for each bit of a cell a plane.</summary>
internal sealed record BuiltPiece(uint Cells, ulong Seed, uint[] Entries, ulong[][] Planes);

/// <summary>A built filter.</summary>
/// <param name="Keys">Non-zeros in it.</param>
/// <param name="Attempts">Systems of equations that were tried for it.</param>
internal sealed record BuiltFilter(CoupledShape Shape, BuiltPiece[] Pieces, long Keys, int Attempts)
{
    public long Cells => Pieces.Sum(piece => (long)piece.Cells);

    /// <summary>Writes the section behind the palette: docs/format-coupled.md.</summary>
    public void Write(AliveMask? rowMask, AliveMask? columnMask, BitWriter section)
    {
        section.WriteByte((byte)(Shape.CellBits - 1 | Shape.Hashes << 4));
        section.WriteByte((byte)(Shape.SpanLog2 | Shape.EntryBytes << 4
            | (rowMask is null ? 0 : CoupledCodec.RowMaskBit) | (columnMask is null ? 0 : CoupledCodec.ColumnMaskBit)));
        rowMask?.Write(section);
        columnMask?.Write(section);
        if (Shape.EntryBytes != 0)
        {
            section.WriteVarint((ulong)Shape.BlockGroups);
            section.WriteVarint((ulong)Shape.PieceBlocks);
        }
        foreach (BuiltPiece piece in Pieces)
        {
            section.WriteVarint(piece.Cells);
            section.WriteVarint(piece.Seed);
        }
        foreach (BuiltPiece piece in Pieces)
        {
            foreach (uint entry in piece.Entries.AsSpan()[1..^1])
                section.WriteBytes(BitConverter.GetBytes(entry).AsSpan(0, Shape.EntryBytes));
            WriteCells(piece, section);
        }
    }

    private void WriteCells(BuiltPiece piece, BitWriter section)
    {
        const int unitCells = CoupledFilter.GroupSize;
        int lowBits = Shape.CellBits >= 8 ? 8 : 0;
        Span<byte> low = stackalloc byte[unitCells];
        for (long unit = 0; unit * unitCells < piece.Cells; unit++)
        {
            int count = (int)Math.Min(unitCells, piece.Cells - unit * unitCells);
            low.Clear();
            for (int bit = 0; bit < lowBits; bit++)
            {
                for (int i = 0; i < count; i++)
                    low[i] |= (byte)((piece.Planes[bit][unit] >> i & 1) << bit);
            }
            section.WriteBytes(low[..(lowBits == 0 ? 0 : count)]);
            for (int bit = lowBits; bit < Shape.CellBits; bit++)
            {
                ulong word = piece.Planes[bit][unit];
                if (count < unitCells)
                    word &= (1ul << count) - 1;
                section.WriteBytes(BitConverter.GetBytes(word).AsSpan(0, (count + 7) / 8));
            }
        }
    }
}
