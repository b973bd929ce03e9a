using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Coupled;

/// <summary>Method <c>coupled</c>: takes dead rows and columns out where that pays, and writes the filter of what is left.</summary>
internal sealed class CoupledEncoder : IEncoder
{
    // A mask pays if at least this share is dead, and the mask takes at most this share of what the cells take.
    private const int Worth = 8;

    public Method Method => Method.Coupled;

    public string Description => "as a smaller and faster filter";

    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options)
    {
        if (options.MaxFalsePositives is { } rate && CellWidth.Within(tensor, rate) is { } cellBits)
            yield return options with { Method = Method.Coupled, Coder = Coder.None, CellBits = cellBits };
    }

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier)
    {
        BitWriter section = new();
        PaletteWriter.Write(tensor, section);
        // Without a key there is no filter.
        int cellBits = tensor.Nonzeros == 0 ? 0 : CellWidth.Of(tensor, options);
        if (cellBits > 0)
            Write(tensor, cellBits, options.Seed, section);
        return EncodedTensor.Of(tensor, Method.Coupled, Coder.None, section.ToArray(), cellBits);
    }

    private static void Write(ClusteredTensor tensor, int cellBits, ulong seed, BitWriter section)
    {
        int rows = (int)tensor.Rows;
        int columns = (int)tensor.Columns;
        (AliveMask aliveRows, AliveMask aliveColumns) = AliveMask.Find(tensor.Ids, rows, columns);
        AliveMask? rowMask = Pays(aliveRows, tensor.Nonzeros, cellBits) ? aliveRows : null;
        AliveMask? columnMask = Pays(aliveColumns, tensor.Nonzeros, cellBits) ? aliveColumns : null;

        int width = columnMask is null ? columns : columns - columnMask.Dead;
        byte[] sequence = rowMask is null && columnMask is null ? tensor.Ids : TakeAlive(tensor.Ids, columns, rowMask, columnMask);
        BuiltFilter filter = CoupledBuilder.Build(sequence, width, cellBits, seed);
        filter.Write(rowMask, columnMask, section);
    }

    private static bool Pays(AliveMask mask, long keys, int cellBits) =>
        mask.Dead * (long)Worth >= mask.Length && mask.Dead > 0 && mask.Length * (long)Worth <= keys * cellBits;

    private static byte[] TakeAlive(byte[] ids, int columns, AliveMask? rowMask, AliveMask? columnMask)
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
