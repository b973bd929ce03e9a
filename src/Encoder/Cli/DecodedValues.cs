using System.Runtime.InteropServices;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>Which non-zero weights of a model became which value of the decoded tensor.</summary>
internal sealed class DecodedValues(ElementType type)
{
    private readonly Dictionary<ulong, Members> _kept = [];
    private Members _pruned = Members.None;

    // The kept weights that are nearest to zero, on either side of it.
    private double _below = double.NegativeInfinity;
    private double _above = double.PositiveInfinity;

    // Beyond a codebook's size nothing was clustered, and there is no need to remember more.
    private bool IsFull => _kept.Count > Limits.MaxClusters;

    /// <summary>
    /// Whether pruning and clustering explain all: there are few enough values, each the mean of its weights, rounded; of two
    /// values the larger has the larger weights; and what became zero lies nearer to zero than what did not.
    /// </summary>
    public bool ComeFromPruningAndClustering
    {
        get
        {
            if (IsFull || _pruned.Least < _below || _pruned.Most > _above)
                return false;
            double last = double.NegativeInfinity;
            foreach ((double value, Members members) in _kept
                .Select(pair => (Value(pair.Key), pair.Value)).OrderBy(pair => pair.Item1))
            {
                if (members.Least < last || Math.Abs(value - members.Mean) > Rounding(members.Mean))
                    return false;
                last = members.Most;
            }
            return true;
        }
    }

    /// <summary>A weight that is not zero, and what it was decoded to.</summary>
    public void Add(ulong before, ulong after)
    {
        double weight = Value(before);
        if (after == 0)
        {
            _pruned.Add(weight);
            return;
        }
        if (weight < 0)
            _below = Math.Max(_below, weight);
        else
            _above = Math.Min(_above, weight);
        if (IsFull)
            return;
        ref Members members = ref CollectionsMarshal.GetValueRefOrAddDefault(_kept, after, out bool exists);
        if (!exists)
            members = Members.None;
        members.Add(weight);
    }

    private double Value(ulong bits) => Weights.Value(type, (uint)bits);

    /// <summary>How far a centroid may be from the mean that it is: half a step of its type, and a codebook may be of f16.</summary>
    private double Rounding(double mean) =>
        Math.Max(Math.Abs(mean) * Math.Pow(2, type == ElementType.BF16 ? -8 : -11), Math.Pow(2, -25)) * 1.001;

    private struct Members
    {
        private long _count;
        private double _sum;

        public static Members None => new() { Least = double.PositiveInfinity, Most = double.NegativeInfinity };

        public double Least { get; private set; }

        public double Most { get; private set; }

        public readonly double Mean => _sum / _count;

        public void Add(double weight)
        {
            _count++;
            _sum += weight;
            Least = Math.Min(Least, weight);
            Most = Math.Max(Most, weight);
        }
    }
}
