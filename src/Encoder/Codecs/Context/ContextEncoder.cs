using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Codecs.Context;

namespace Weightless.Encoder.Codecs.Context;

/// <summary>
/// Method <c>context</c>: tries parameters and keeps those that make the section smallest. Of a large layer they are tried
/// on its first rows. Strength says what is tried: 1 distances only; 2..6 also mixed contexts, which take a decoder much
/// longer and so must save a hundredth; 7..9 all contexts and more periods, however little they save.
/// </summary>
internal sealed class ContextEncoder
{
    private const int SampleWeights = 1 << 20;
    private const double WorthMixing = 0.99;
    private const int FullStrength = 7;
    private const int MaxStrength = 9;

    private readonly ClusteredTensor _tensor;
    private readonly int _strength;
    private readonly IReadOnlyList<EncodedTensor> _earlier;
    private readonly ContextSymbols _symbols;
    private readonly ContextSection _section;
    private readonly int _sampleRows;

    public ContextEncoder(ClusteredTensor tensor, int strength, IReadOnlyList<EncodedTensor> earlier)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(strength, MaxStrength);
        _tensor = tensor;
        _strength = strength;
        _earlier = earlier;
        _symbols = new ContextSymbols(tensor);
        _section = new ContextSection(tensor, _symbols, earlier);
        _sampleRows = Math.Clamp(SampleWeights / Math.Max(_symbols.Columns, 1), 1, Math.Max(_symbols.Rows, 1));
    }

    /// <summary>The smallest section, which rows are alive if it says so, and which earlier tensor it refers to if to any.</summary>
    public (byte[] Section, bool[]? AliveRows, int? Parent) Encode()
    {
        if (_tensor.Nonzeros == 0)
            return ([0, 0, 0], null, null);
        Candidate best = BestGaps();
        if (_symbols.AreDistinct)
            best = Smaller(best, Try(new ContextHeader { Mode = ContextMode.Distinct }));
        if (_strength > 1)
        {
            Candidate mixed = BestMixed(best.Header);
            double limit = _strength < FullStrength ? WorthMixing * best.Sample.Length : best.Sample.Length;
            if (mixed.Sample.Length < limit)
                best = mixed;
        }
        byte[] section = _sampleRows == _symbols.Rows ? best.Sample : _section.Write(best.Header, _symbols.Rows);
        return (section, best.Header.HasRowMask ? _symbols.AliveRows : null,
            best.Header.HasParent ? (int)best.Header.ParentIndex : null);
    }

    private sealed record Candidate(ContextHeader Header, byte[] Sample);

    private Candidate Try(ContextHeader header) => new(header, _section.Write(header, _sampleRows));

    private static Candidate Smaller(Candidate a, Candidate b) => b.Sample.Length < a.Sample.Length ? b : a;

    private Candidate BestGaps() =>
        Masks(new ContextHeader { Mode = ContextMode.Gaps }).Select(Try).Aggregate(Smaller);

    private Candidate BestMixed(ContextHeader masks)
    {
        ContextHeader start = masks with
        {
            Mode = _strength < FullStrength ? ContextMode.Mixed : ContextMode.MixedFull,
            GapClasses = 0,
        };
        Candidate best = Periods().Select(period => Try(start with { Period = period })).Aggregate(Smaller);
        // What masks are worth depends on the model. A sample of a large layer says little about it.
        if (_sampleRows == _symbols.Rows)
            best = Masks(best.Header).Select(Try).Aggregate(best, Smaller);
        return best;
    }

    /// <summary>The same parameters with every choice of masks that can help.</summary>
    private IEnumerable<ContextHeader> Masks(ContextHeader header)
    {
        header = header with { HasRowMask = false, HasColumnMask = false, HasParent = false };
        bool canMaskRows = _symbols.Rows <= (long)ContextHeader.MaxMaskedRows && _symbols.AliveRows.Contains(false);
        bool canMaskColumns = _symbols.Columns <= (long)ContextHeader.MaxMaskedColumns && _symbols.AliveColumns.Contains(false);
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

    private static double ConditionalBits(bool[] rows, bool[] columns)
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

    /// <summary>Widths that an input image, or a kernel, of this layer may have.</summary>
    private SortedSet<int> Periods()
    {
        SortedSet<int> periods = [0];
        IReadOnlyList<long> shape = _tensor.Shape;
        if (shape.Count >= 3)
        {
            AddPeriod(periods, shape[^1]);
            AddPeriod(periods, shape[^1] * shape[^2]);
        }
        // Square images of one channel, of three, and with more strength of any number.
        for (int width = 4; (long)width * width <= _symbols.Columns; width++)
        {
            int channels = _symbols.Columns / (width * width);
            if (channels * width * width != _symbols.Columns || _strength < FullStrength && channels is not (1 or 3))
                continue;
            AddPeriod(periods, width);
            if (_strength >= FullStrength)
                AddPeriod(periods, (long)width * channels);
        }
        return periods;
    }

    private void AddPeriod(SortedSet<int> periods, long period)
    {
        if (period > 1 && period < Math.Min(_symbols.Columns, ContextHeader.MaxPeriod))
            periods.Add((int)period);
    }
}
