using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Codecs.Csr;

namespace Weightless.Encoder.Codecs.Csr;

/// <summary>The parameters of a section's tokens: classes of gaps, raw bits, the table's size and the weights that make it.</summary>
internal sealed unsafe class CsrTansFit
{
    // What a step of the search costs beside bytes, in shares of them: a table of 2^12 entries fills a small core's first-level
    // cache, tokens of many raw bits take two loads for four, and an escape is a token that puts down no weight.
    private const double LargeTable = 0.003;
    private const double TwoLoads = 0.002;
    private const double Escapes = 0.004;

    // Tokens that the smallest table must have room for twice, nearly: the rarest are rounded up.
    private const double MostTokens = 0.6;

    private static readonly int[] s_classes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

    private CsrTansFit(CsrTansModel model, byte[] bytes, ushort[] counts)
    {
        Model = model;
        Bytes = bytes;
        Counts = counts;
    }

    /// <summary>Without its bytes, which it would have to point to.</summary>
    public CsrTansModel Model { get; }

    public byte[] Bytes { get; }

    /// <summary>Entries of the table for each token.</summary>
    public ushort[] Counts { get; }

    /// <summary>The parameters that make the fewest bytes, nearly.</summary>
    public static CsrTansFit Search(CsrTansTokens tokens)
    {
        IReadOnlyList<(int Gap, int Count)> gaps = tokens.GapCounts();
        double[] ids = [.. tokens.IdCounts().Select(count => (double)count)];
        double mean = gaps.Sum(gap => (double)gap.Gap * gap.Count) / tokens.Gaps.Length;
        int largest = gaps[^1].Gap;
        CsrTansFit? best = null;
        double least = double.PositiveInfinity;
        for (int rawBits = 0; rawBits <= CsrTansModel.MaxRawBits && (rawBits == 0 || 1 << rawBits <= largest); rawBits++)
        {
            foreach (int classes in s_classes)
            {
                CsrTansModel model = new() { RawBits = rawBits, Classes = classes, Clusters = tokens.Clusters, Ratio = -1 };
                if (model.AdvanceLimit > 1 << CsrTansModel.AdvanceBits || model.Tokens > 1 << CsrTansModel.MaxTableLog)
                    continue;
                double[] counts = CountClasses(gaps, model, out double escapes);
                for (model.TableLog = CsrTansModel.MinTableLog; model.TableLog <= CsrTansModel.MaxTableLog; model.TableLog++)
                {
                    if (model.Tokens > MostTokens * (1 << model.TableLog))
                        continue;
                    foreach (int ratio in new[] { -1, Ratio(mean, rawBits) })
                    {
                        model.Ratio = ratio;
                        CsrTansFit fit = Make(model, counts, ids, escapes);
                        double cost = fit.Cost(counts, ids, escapes, tokens.Bands.Length - 1);
                        if (cost < least)
                            (best, least) = (fit, cost);
                    }
                }
                if (classes > largest >> rawBits)
                    break;
            }
        }
        return best!;
    }

    public void WriteTo(BitWriter section)
    {
        section.WriteByte((byte)(Model.TableLog - CsrTansModel.MinTableLog | Model.RawBits << 2 | (Model.Ratio < 0 ? 0 : 0x40)));
        section.WriteByte((byte)(Model.Classes - 1));
        if (Model.Ratio >= 0)
            section.WriteValue((ushort)Model.Ratio);
        section.WriteBytes(Bytes);
    }

    private static double[] CountClasses(IReadOnlyList<(int Gap, int Count)> gaps, in CsrTansModel model, out double escapes)
    {
        double[] counts = new double[model.Classes];
        escapes = 0;
        foreach ((int gap, int count) in gaps)
        {
            (int quotient, int rest) = Math.DivRem(gap >> model.RawBits, model.Classes);
            escapes += (double)quotient * count;
            counts[rest] += count;
        }
        return counts;
    }

    /// <summary>Gaps of non-zeros at random places are geometric: how much rarer the next class is, in 65536ths.</summary>
    private static int Ratio(double mean, int rawBits) =>
        (int)Math.Clamp(Math.Round(65536 * Math.Pow(mean / (mean + 1), 1 << rawBits)), 0, 65535);

    private static CsrTansFit Make(CsrTansModel model, double[] classes, double[] ids, double escapes)
    {
        double gaps = ids.Sum();
        double tokens = gaps + escapes;
        List<byte> bytes = [];
        if (model.Ratio < 0)
            bytes.AddRange(classes.Select(count => Power(count / tokens)));
        bytes.AddRange(ids.Select(count => Power(count / gaps)));
        bytes.Add(Power(escapes / tokens));
        byte[] weights = [.. bytes];
        ushort[] counts = new ushort[model.Tokens];
        fixed (byte* from = weights)
        fixed (ushort* to = counts)
        {
            model.Bytes = from;
            model.TryCount(to);
            model.Bytes = null;
        }
        return new CsrTansFit(model, weights, counts);
    }

    /// <summary>The byte for a share.</summary>
    private static byte Power(double share) =>
        share <= 0 ? (byte)CsrTansModel.NoWeight : (byte)Math.Clamp(Math.Round(-8 * Math.Log2(share)), 0, CsrTansModel.NoWeight - 55);

    /// <summary>Bits of the section, if gaps and ids have nothing to do with each other, and what they cost to decode.</summary>
    private double Cost(double[] classes, double[] ids, double escapes, int bands)
    {
        double gaps = ids.Sum();
        double bits = (gaps + escapes) * Model.RawBits;
        for (int i = 0; i < classes.Length; i++)
        {
            if (classes[i] == 0)
                continue;
            for (int j = 0; j < ids.Length; j++)
            {
                if (ids[j] == 0)
                    continue;
                int entries = Counts[i * ids.Length + j];
                if (entries == 0)
                    return double.PositiveInfinity;
                bits += classes[i] * ids[j] / gaps * (Model.TableLog - Math.Log2(entries));
            }
        }
        if (escapes > 0)
            bits += Counts[Model.Escape] == 0 ? double.PositiveInfinity : escapes * (Model.TableLog - Math.Log2(Counts[Model.Escape]));
        bits += 8 * Bytes.Length + bands * CsrTansBandWriter.StateBits(Model.TableLog);
        double time = 1 + Escapes * escapes / gaps;
        if (Model.TableLog == CsrTansModel.MaxTableLog)
            time += LargeTable;
        if (Model.TableLog + Model.RawBits > 14)
            time += TwoLoads;
        return bits * time;
    }
}
