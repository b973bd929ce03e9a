using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Codecs.Context;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Context;

/// <summary>
/// A tensor as the context model sees it: symbol 0 is the background, the value that most weights have, and symbols 1..K are
/// the others in ascending order. Where most weights are zero, symbols are ids; the centre of a u8 tensor, or of one that was
/// never pruned, lies elsewhere.
/// </summary>
internal sealed class ContextSymbols
{
    public ContextSymbols(ClusteredTensor tensor)
    {
        long[] counts = new long[tensor.Clusters + 1];
        foreach (byte id in tensor.Ids)
            counts[id]++;
        int background = 0;
        for (int id = 1; id < counts.Length; id++)
        {
            if (counts[id] > counts[background])
                background = id;
        }

        int negatives = tensor.Centroids.Count(bits => IsNegative(tensor.Type, bits));
        int below = background == 0 ? negatives : background <= negatives ? background - 1 : background;
        BackgroundRank = background == 0 ? -1 : below;
        Others = tensor.Ids.Length - counts[background];
        IsWide = Math.Max(below, tensor.Clusters - below) > ContextMixture.MaxUnary;
        AreDistinct = true;
        for (int id = 0; id < counts.Length; id++)
            AreDistinct &= id == background || counts[id] <= 1;
        Rows = (int)tensor.Rows;
        Columns = (int)tensor.Columns;
        Values = tensor.Ids;
        if (background != 0)
            Values = Translate(tensor.Ids, below, negatives);

        (AliveRows, AliveColumns) = AliveMask.Find(Values, Rows, Columns);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The symbols, row by row.</summary>
    public byte[] Values { get; }

    /// <summary>See <see cref="ContextHeader.BackgroundRank"/>.</summary>
    public int BackgroundRank { get; }

    /// <summary>How many weights are not background.</summary>
    public long Others { get; }

    /// <summary>Whether there are too many symbols on a side of the background to code them in unary.</summary>
    public bool IsWide { get; }

    /// <summary>Whether no symbol but the background occurs twice.</summary>
    public bool AreDistinct { get; }

    /// <summary>Which rows have a symbol other than the background.</summary>
    public AliveMask AliveRows { get; }

    public AliveMask AliveColumns { get; }

    private static byte[] Translate(byte[] ids, int below, int negatives)
    {
        byte[] symbols = new byte[256];
        for (int symbol = 0; symbol < symbols.Length; symbol++)
        {
            int id = ContextModel.Id(symbol, below, negatives);
            if (id < symbols.Length)
                symbols[id] = (byte)symbol;
        }
        return Array.ConvertAll(ids, id => symbols[id]);
    }

    private static bool IsNegative(ElementType type, uint bits) => type switch
    {
        ElementType.U8 => false,
        ElementType.I8 => (sbyte)bits < 0,
        _ => bits >> (8 * ElementTypes.Size(type) - 1) != 0,
    };
}
