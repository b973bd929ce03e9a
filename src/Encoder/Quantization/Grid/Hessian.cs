namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// Sums of x x^T over the inputs x of a layer's rows, each with a constant 1 behind it for the bias: half the second
/// derivative of the layer's squared output error by the weights of a row. A convolution with groups has one a group.
/// </summary>
/// <param name="groups">How many: rows are shared out among them in order.</param>
/// <param name="columns">The weights of a row.</param>
internal sealed class Hessian(int groups, int columns)
{
    public int Groups { get; } = groups;

    public int Columns { get; } = columns;

    /// <summary>The size of each matrix: the weights and the constant.</summary>
    public int Order { get; } = columns + 1;

    /// <summary>The matrices, in full, row by row.</summary>
    public float[] Values { get; } = new float[checked(groups * (columns + 1) * (columns + 1))];

    /// <summary>Of how many images they are.</summary>
    public long Images { get; set; }

    public Span<float> Group(int group) => Values.AsSpan(group * Order * Order, Order * Order);

    public static Hessian Sum(Hessian first, Hessian second)
    {
        if (second.Groups != first.Groups || second.Columns != first.Columns)
            throw new ArgumentException("the statistics are of layers of other sizes", nameof(second));
        Hessian sum = new(first.Groups, first.Columns) { Images = first.Images + second.Images };
        VectorKernels.AddScaled(sum.Values, first.Values, 1);
        VectorKernels.AddScaled(sum.Values, second.Values, 1);
        return sum;
    }
}
