using System.Buffers.Binary;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>How a decoded tensor differs from the model's, element by element. Minus zero is zero.</summary>
internal sealed class Difference(WlsTensor tensor)
{
    private readonly int _size = ElementTypes.Size(tensor.Type);
    private readonly Palette256 _expected = new();
    private readonly Palette256 _decoded = new();

    public long Count { get; private set; }

    /// <summary>Zeros that have become something: in a filter, false positives.</summary>
    public long FromZero { get; private set; }

    /// <summary>Weights that have become zero.</summary>
    public long Pruned { get; private set; }

    /// <summary>Weights that have become others.</summary>
    public long Changed { get; private set; }

    /// <summary>The largest absolute difference of two finite elements.</summary>
    public double Largest { get; private set; }

    public long Different => FromZero + Pruned + Changed;

    /// <summary>
    /// Whether an element differs that had to stay: a tensor of few values keeps them, and one that was stored with many was
    /// not even clustered.
    /// </summary>
    public bool IsFault
    {
        get
        {
            bool keepsValues = _expected.Fits || tensor.Method == Method.Stored && !_decoded.Fits;
            return keepsValues && (Pruned > 0 || Changed > 0 || FromZero > 0 && !IsFilter);
        }
    }

    public string Verdict => this switch
    {
        { IsFault: true } => "WRONG",
        { Different: 0 } => "equal",
        { Pruned: 0, Changed: 0 } => "false positives",
        { Changed: 0 } => "pruned",
        { Pruned: 0 } => "clustered",
        _ => "pruned and clustered",
    };

    private bool IsFilter => tensor.CellBits > 0;

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
            _expected.Add(before);
            _decoded.Add(after);
            if (before == after)
                continue;
            if (before == 0)
                FromZero++;
            else if (after == 0)
                Pruned++;
            else
                Changed++;
            if (ElementTypes.IsCodable(tensor.Type))
            {
                double from = Weights.Value(tensor.Type, (uint)before);
                double distance = Math.Abs(from - Weights.Value(tensor.Type, (uint)after));
                if (distance > Largest && double.IsFinite(distance))
                    Largest = distance;
            }
        }
    }

    private ulong Bits(ReadOnlySpan<byte> elements, int offset) => _size switch
    {
        1 => elements[offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(elements[offset..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(elements[offset..]),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(elements[offset..]),
    };

    /// <summary>Whether the non-zero elements have few enough values for a codebook.</summary>
    private sealed class Palette256
    {
        private readonly HashSet<ulong> _values = [];
        private ulong _last;

        public bool Fits => _values.Count <= Limits.MaxClusters;

        public void Add(ulong value)
        {
            if (value == 0 || value == _last || !Fits)
                return;
            _last = value;
            _values.Add(value);
        }
    }
}
