using System.Buffers.Binary;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>How a decoded tensor differs from the model's, element by element. Minus zero is zero.</summary>
internal sealed class Difference(WlsTensor tensor, Tensor source)
{
    private readonly bool _isFilter = tensor.CellBits > 0;
    private readonly int _size = ElementTypes.Size(tensor.Type);
    private readonly DecodedValues _values = new(tensor.Type);

    // A filter may give a weight that was pruned any value: which ones were has to be found out from their number.
    private MagnitudePruning _pruning = tensor.CellBits == 0 ? MagnitudePruning.None
        : MagnitudePruning.ToDensity(new Weights(source), (double)tensor.Nonzeros / Math.Max(tensor.Weights, 1));

    // Whether elements differ that are never changed: infinities and the like, and those of the types that are stored.
    private bool _differsInOthers;

    public long Count { get; private set; }

    /// <summary>Zeros, or pruned weights, that have become something: in a filter, false positives.</summary>
    public long FromZero { get; private set; }

    /// <summary>Weights that have become zero.</summary>
    public long Pruned { get; private set; }

    /// <summary>Weights that have become others.</summary>
    public long Changed { get; private set; }

    /// <summary>The largest absolute difference of two finite elements.</summary>
    public double Largest { get; private set; }

    public long Different => FromZero + Pruned + Changed;

    /// <summary>
    /// Whether an element differs as neither pruning nor clustering makes it: the first takes what is nearest to zero, the second
    /// makes runs of neighbouring values one, their mean.
    /// </summary>
    public bool IsFault => FromZero > 0 && !_isFilter || _differsInOthers || Changed > 0 && !ElementTypes.IsFloat(tensor.Type)
        || Pruned + Changed > 0 && !_values.ComeFromPruningAndClustering;

    public string Verdict => this switch
    {
        { IsFault: true } => "WRONG",
        { Different: 0 } => "equal",
        { Pruned: 0, Changed: 0 } => "false positives",
        { Changed: 0 } => "pruned",
        { Pruned: 0 } => "clustered",
        _ => "pruned and clustered",
    };

    /// <summary>Compares the next elements.</summary>
    public void Add(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> decoded)
    {
        Count += expected.Length / _size;
        bool isFloat = ElementTypes.IsFloat(tensor.Type);
        ulong minusZero = isFloat ? 1ul << (8 * _size - 1) : 0;
        for (int i = 0; i < expected.Length; i += _size)
        {
            ulong before = Bits(expected, i);
            ulong after = Bits(decoded, i);
            before = before == minusZero ? 0 : before;
            after = after == minusZero ? 0 : after;
            bool isCodable = ElementTypes.IsCodable(tensor.Type);
            bool isKept = before != 0 && (!isCodable || _pruning.Keeps(Weights.Magnitude(tensor.Type, (uint)before)));
            if (isKept && isCodable)
                _values.Add(before, after);
            if (before == after)
                continue;
            if (!isKept && after != 0)
                FromZero++;
            else if (after == 0)
                Pruned++;
            else
                Changed++;
            double distance = isCodable
                ? Math.Abs((double)Weights.Value(tensor.Type, (uint)before) - Weights.Value(tensor.Type, (uint)after))
                : double.NaN;
            if (double.IsFinite(distance))
                Largest = Math.Max(Largest, distance);
            else
                _differsInOthers = true;
        }
    }

    private ulong Bits(ReadOnlySpan<byte> elements, int offset) => _size switch
    {
        1 => elements[offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(elements[offset..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(elements[offset..]),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(elements[offset..]),
    };
}
