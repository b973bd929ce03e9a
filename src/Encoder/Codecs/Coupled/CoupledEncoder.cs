using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;

namespace Weightless.Encoder.Codecs.Coupled;

/// <summary>Method <c>coupled</c>: takes dead rows and columns out where that pays, and writes the filter of what is left.</summary>
internal static class CoupledEncoder
{
    // A mask pays if at least this share is dead, and the mask takes at most this share of what the cells take.
    private const int Worth = 8;

    /// <param name="cellBits">t, enough for the number of any centroid.</param>
    /// <param name="seed">The first seed that is tried.</param>
    public static void Write(ClusteredTensor tensor, int cellBits, ulong seed, BitWriter section)
    {
        if (tensor.Nonzeros == 0)
            return;
        int rows = tensor.Shape.Count == 0 ? 1 : (int)tensor.Shape[0];
        int columns = tensor.Ids.Length / rows;
        (bool[] rowIsAlive, bool[] columnIsAlive) = FindAlive(tensor.Ids, rows, columns);
        bool[]? rowMask = Pays(rowIsAlive, tensor.Nonzeros, cellBits) ? rowIsAlive : null;
        bool[]? columnMask = Pays(columnIsAlive, tensor.Nonzeros, cellBits) ? columnIsAlive : null;

        int width = columnMask is null ? columns : columns - columnMask.AsSpan().Count(false);
        byte[] sequence = rowMask is null && columnMask is null ? tensor.Ids : TakeAlive(tensor.Ids, columns, rowMask, columnMask);
        BuiltFilter filter = CoupledBuilder.Build(sequence, width, cellBits, seed);
        filter.Write(rowMask, columnMask, section);
    }

    private static (bool[] Rows, bool[] Columns) FindAlive(byte[] ids, int rows, int columns)
    {
        bool[] rowIsAlive = new bool[rows];
        bool[] columnIsAlive = new bool[columns];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> left = ids.AsSpan(row * columns, columns);
            int column = -1;
            for (int gap; (gap = left.IndexOfAnyExcept((byte)0)) >= 0; left = left[(gap + 1)..])
            {
                column += gap + 1;
                columnIsAlive[column] = true;
                rowIsAlive[row] = true;
            }
        }
        return (rowIsAlive, columnIsAlive);
    }

    private static bool Pays(bool[] isAlive, long keys, int cellBits) =>
        isAlive.AsSpan().Count(false) * (long)Worth >= isAlive.Length && isAlive.AsSpan().Contains(false)
        && isAlive.Length * (long)Worth <= keys * cellBits;

    private static byte[] TakeAlive(byte[] ids, int columns, bool[]? rowMask, bool[]? columnMask)
    {
        List<byte> sequence = [];
        for (int row = 0; row * (long)columns < ids.Length; row++)
        {
            if (rowMask is not null && !rowMask[row])
                continue;
            ReadOnlySpan<byte> all = ids.AsSpan(row * columns, columns);
            if (columnMask is null)
            {
                sequence.AddRange(all);
                continue;
            }
            for (int column = 0; column < columns; column++)
            {
                if (columnMask[column])
                    sequence.Add(all[column]);
            }
        }
        return [.. sequence];
    }
}
