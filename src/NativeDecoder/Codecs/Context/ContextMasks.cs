using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>Codes which rows and columns are alive, that is, have a weight other than the background.</summary>
internal readonly unsafe struct ContextMasks(LogisticTables* tables, ushort* rates, Mixer* mixer, int* weights, uint* counters)
{
    public const int Counters = 64 + 16 + 16;
    public const int WeightSets = 1;

    private const int AfterColumns = 1;
    private const int AfterLines = 64;
    private const int AfterDistant = 80;

    private static MixerRates Rates => new(Rate: 72, RateMin: 32, SelectedRate: 0, Bias: 1, Limit: 255);

    // Starting weights, 1/256: order 0, constant, contexts.
    private static ReadOnlySpan<int> RowStart => [256, 0];
    private static ReadOnlySpan<int> ColumnStart => [96, -80, 64, 128, 64];
    private static ReadOnlySpan<int> ChildStart => [64, 0, 256];

    /// <summary>Rows have no order in a fully connected layer: one adaptive probability.</summary>
    public void CodeRows<TCoder>(ref TCoder coder, BitMask known, BitMask mask, ulong count) where TCoder : struct, IBinaryCoder
    {
        Reset(RowStart);
        mask.Clear(count);
        for (ulong i = 0; i < count; i++)
        {
            mixer->Begin(counters);
            mask.Set(i, mixer->Code(ref coder, Known(known, i), 0));
        }
    }

    /// <summary>Columns have neighbours, in their line and, with a period, in the lines before.</summary>
    public void CodeColumns<TCoder>(ref TCoder coder, BitMask known, BitMask mask, ulong count, int period)
        where TCoder : struct, IBinaryCoder
    {
        Reset(ColumnStart);
        mask.Clear(count);
        for (ulong i = 0; i < count; i++)
        {
            mixer->Begin(counters);
            uint west = Back(mask, i, 1);
            uint west2 = Back(mask, i, 2);
            mixer->AddCounter(counters + AfterColumns + west + 2 * west2);
            if (period > 0)
            {
                ulong w = (ulong)period;
                uint north = Back(mask, i, w);
                mixer->AddCounter(counters + AfterLines + west + 2 * north + 4 * Back(mask, i, w + 1) + 8 * Back(mask, i, w - 1));
                mixer->AddCounter(counters + AfterDistant + west + 2 * north + 4 * west2 + 8 * Back(mask, i, 2 * w));
            }
            mask.Set(i, mixer->Code(ref coder, Known(known, i), 0));
        }
    }

    /// <summary>Columns that the rows of an earlier tensor feed, <paramref name="perRow"/> each.</summary>
    public void CodeColumns<TCoder>(ref TCoder coder, BitMask known, BitMask mask, ulong count, BitMask parent, ulong perRow)
        where TCoder : struct, IBinaryCoder
    {
        Reset(ChildStart);
        mask.Clear(count);
        for (ulong i = 0; i < count; i++)
        {
            mixer->Begin(counters);
            mixer->AddCounter(counters + AfterColumns + (parent[i / perRow] ? 1 : 0));
            mask.Set(i, mixer->Code(ref coder, Known(known, i), 0));
        }
    }

    private void Reset(ReadOnlySpan<int> start)
    {
        new Span<uint>(counters, Counters).Clear();
        counters[0] = ContextCounter.Start(32768);
        mixer->Reset(tables, rates, weights, WeightSets, start, Rates);
    }

    private static uint Known(BitMask known, ulong i) => known[i] ? 1u : 0;

    private static uint Back(BitMask mask, ulong i, ulong distance) => i >= distance && mask[i - distance] ? 1u : 0;
}
