using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>A named array of elements in C order, little-endian, seen as a matrix: rows are the first dimension.</summary>
public sealed class Tensor
{
    private readonly Func<ReadOnlyMemory<byte>> _load;

    /// <summary>A tensor whose elements are in memory.</summary>
    public Tensor(string name, ElementType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
        : this(name, type, shape, () => data)
    {
        int expected = TensorLimits.ByteLength(name, type, shape);
        if (data.Length != expected)
            throw new ArgumentException($"the shape asks for {expected} bytes, not {data.Length}", nameof(data));
    }

    /// <summary>A tensor whose elements are fetched each time they are asked for.</summary>
    internal Tensor(string name, ElementType type, IReadOnlyList<long> shape, Func<ReadOnlyMemory<byte>> load)
    {
        Name = name;
        Type = type;
        Shape = shape;
        ByteLength = TensorLimits.ByteLength(name, type, shape);
        _load = load;
    }

    public string Name { get; }

    public ElementType Type { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>The bytes that <see cref="Data"/> has, known without fetching them.</summary>
    public int ByteLength { get; }

    /// <summary>
    /// The elements, valid until the model file is disposed. An .npz inflates them when asked, and may do so again once they
    /// were garbage: keep them in a local. The address need not be aligned to the element size.
    /// </summary>
    /// <exception cref="ModelFormatException">The stored data is damaged.</exception>
    public ReadOnlyMemory<byte> Data => _load();

    /// <summary>The first dimension; 1 for a scalar.</summary>
    public long Rows => Shape.Count == 0 ? 1 : Shape[0];

    /// <summary>The product of all dimensions but the first.</summary>
    public long Columns
    {
        get
        {
            long columns = 1;
            for (int i = 1; i < Shape.Count; i++)
                columns *= Shape[i];
            return columns;
        }
    }

    /// <summary>The number of elements.</summary>
    public long Count => Rows * Columns;
}
