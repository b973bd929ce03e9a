using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs.Context;

namespace Weightless.Encoder.Codecs.Context;

/// <summary>
/// Tries parameters of a context section and keeps those that make it smallest. Of a large layer they are tried
/// on its first rows. Strength says what is tried: 1 distances only; 2..6 also levels and mixed contexts, of which the latter
/// take a decoder much longer and so must save a hundredth; 7..9 all contexts and more periods.
/// </summary>
internal sealed class ContextSearch
{
    // Weights that are gone through with one set of parameters, and with all sets of mixed contexts together. Those take ten
    // times as long a weight where each has many decisions.
    private const int SampleWeights = 1 << 20;
    private const int MixedWeights = 1 << 22;
    private const int SlowMixedWeights = 1 << 17;

    private const double WorthMixing = 0.99;
    private const double WorthMixingFully = 0.998;
    private const int FullStrength = 7;

    private readonly ClusteredTensor _tensor;
    private readonly int _strength;
    private readonly IReadOnlyList<EncodedTensor> _earlier;
    private readonly ContextSymbols _symbols;
    private readonly ContextSection _section;

    public ContextSearch(ClusteredTensor tensor, int strength, IReadOnlyList<EncodedTensor> earlier)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(strength, EncoderOptions.MaxStrength);
        _tensor = tensor;
        _strength = strength;
        _earlier = earlier;
        _symbols = new ContextSymbols(tensor);
        _section = new ContextSection(tensor, _symbols, earlier);
    }

    /// <summary>The smallest section, and which rows are alive if it says so.</summary>
    public (byte[] Section, AliveMask? AliveRows, int? Parent) Smallest()
    {
        if (_tensor.Nonzeros == 0)
            return ([0, 0, 0], null, null);
        int rows = Rows(SampleWeights);
        Candidate best = Smallest(Masks(new ContextHeader { Mode = ContextMode.Gaps }), rows);
        if (_symbols.AreDistinct)
            best = Smaller(best, Try(new ContextHeader { Mode = ContextMode.Distinct }, rows));
        if (_strength > 1)
        {
            best = WithLevels(best);
            best = WithMixing(best);
        }
        byte[] section = best.Rows == _symbols.Rows ? best.Section : _section.Write(best.Header, _symbols.Rows);
        return (section, best.Header.HasRowMask ? _symbols.AliveRows : null, best.Header.HasParent ? (int)best.Header.ParentIndex : null);
    }

    /// <summary>Parameters, and the section of the first so many rows.</summary>
    private sealed record Candidate(ContextHeader Header, int Rows, byte[] Section);

    private Candidate Try(ContextHeader header, int rows) => new(header, rows, _section.Write(header, rows));

    private Candidate Smallest(IEnumerable<ContextHeader> headers, int rows) =>
        headers.Select(header => Try(header, rows)).Aggregate(Smaller);

    private static Candidate Smaller(Candidate a, Candidate b) => b.Section.Length < a.Section.Length ? b : a;

    /// <summary>As many rows as have so many weights, but one at least.</summary>
    private int Rows(int weights) => Math.Clamp(weights / Math.Max(_symbols.Columns, 1), 1, Math.Max(_symbols.Rows, 1));

    private bool IsFull => _strength >= FullStrength;

    /// <summary>Whether weights that are background are the smaller part: then distances are no faster than levels.</summary>
    private bool IsDense => _symbols.Others > (long)_symbols.Rows * _symbols.Columns / 2;

    private bool IsSparse => _symbols.Others <= (long)_symbols.Rows * _symbols.Columns / 8;

    /// <summary>Levels in place of distances, where there are many or most weights have one, if they are worth it.</summary>
    private Candidate WithLevels(Candidate best)
    {
        if (!_symbols.IsWide && !IsDense)
            return best;
        ContextHeader masks = best.Header with { GapClasses = 0 };
        IEnumerable<ContextHeader> headers = Periods().Select(
            period => masks with { Mode = ContextMode.PredictedLevels, Period = period });
        Candidate levels = Smallest(headers.Prepend(masks with { Mode = ContextMode.Levels }), best.Rows);
        return levels.Section.Length < (IsDense || IsFull ? 1 : WorthMixing) * best.Section.Length ? levels : best;
    }

    /// <summary>Mixed contexts, if they are worth it. Of a wide alphabet every weight that is not background has many decisions.</summary>
    private Candidate WithMixing(Candidate best)
    {
        bool isSlow = _symbols.IsWide && !IsSparse;
        if (isSlow && !IsFull)
            return best;
        SortedSet<int> periods = Periods();
        int rows = Rows(Math.Min(SampleWeights, (isSlow ? SlowMixedWeights : MixedWeights) / periods.Count));
        if (rows < best.Rows)
            best = Try(best.Header, rows);
        ContextHeader start = best.Header with { Mode = IsFull ? ContextMode.MixedFull : ContextMode.Mixed, GapClasses = 0 };
        Candidate mixed = Smallest(periods.Select(period => start with { Period = period }), rows);
        // What masks are worth depends on the model. A sample of a large layer says little about it.
        if (rows == _symbols.Rows)
            mixed = Smaller(mixed, Smallest(Masks(mixed.Header), rows));
        return mixed.Section.Length < (IsFull && !isSlow ? WorthMixingFully : WorthMixing) * best.Section.Length ? mixed : best;
    }

    /// <summary>The same parameters with every choice of masks that can help.</summary>
    private IEnumerable<ContextHeader> Masks(ContextHeader header)
    {
        header = header with { HasRowMask = false, HasColumnMask = false, HasParent = false };
        bool canMaskRows = _symbols.Rows <= (long)ContextHeader.MaxMaskedRows && _symbols.AliveRows.Dead > 0;
        bool canMaskColumns = _symbols.Columns <= (long)ContextHeader.MaxMaskedColumns && _symbols.AliveColumns.Dead > 0;
        foreach (bool rows in canMaskRows ? new[] { false, true } : [false])
        {
            yield return header with { HasRowMask = rows };
            if (!canMaskColumns)
                continue;
            yield return header with { HasRowMask = rows, HasColumnMask = true };
            if (BestParent() is { } parent)
                yield return header with { HasRowMask = rows, HasColumnMask = true, HasParent = true, ParentIndex = parent };
        }
    }

    /// <summary>The earlier tensor whose dead rows tell most about our dead columns.</summary>
    private uint? BestParent()
    {
        uint? best = null;
        double least = double.PositiveInfinity;
        for (int i = 0; i < Math.Min(_earlier.Count, (int)ContextHeader.MaxParents); i++)
        {
            if (_earlier[i].AliveRows is not { Length: > 1 } rows || _symbols.Columns % rows.Length != 0)
                continue;
            double bits = ConditionalBits(rows, _symbols.AliveColumns);
            if (bits < least)
                (least, best) = (bits, (uint)i);
        }
        return best;
    }

    private static double ConditionalBits(AliveMask rows, AliveMask columns)
    {
        int perRow = columns.Length / rows.Length;
        int[,] counts = new int[2, 2];
        for (int i = 0; i < columns.Length; i++)
            counts[rows[i / perRow] ? 1 : 0, columns[i] ? 1 : 0]++;
        double bits = 0;
        for (int row = 0; row < 2; row++)
        {
            for (int column = 0; column < 2; column++)
            {
                if (counts[row, column] > 0)
                    bits += counts[row, column] * Math.Log2((double)(counts[row, 0] + counts[row, 1]) / counts[row, column]);
            }
        }
        return bits;
    }

    private SortedSet<int> Periods() => ContextPeriods.Of(_tensor.Shape, IsFull);
}
