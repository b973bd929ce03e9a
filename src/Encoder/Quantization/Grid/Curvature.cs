namespace Weightless.Encoder.Quantization.Grid;

/// <summary>A layer's Hessian for one image, damped, in the two forms that the optimiser needs.</summary>
internal sealed class Curvature
{
    private readonly float[] _damped;
    private readonly float[][] _reduced;
    private readonly double[] _geometricMeans;

    public Curvature(Hessian sums, double damping)
    {
        Groups = sums.Groups;
        Columns = sums.Columns;
        Order = sums.Order;
        _damped = new float[sums.Values.Length];
        VectorKernels.AddScaled(_damped, sums.Values, (float)(1.0 / Math.Max(sums.Images, 1)));
        _reduced = new float[Groups][];
        _geometricMeans = new double[Groups];
        for (int group = 0; group < Groups; group++)
        {
            Damp(Damped(group), damping);
            _reduced[group] = Reduce(Damped(group));
        }
    }

    public int Groups { get; }

    public int Columns { get; }

    public int Order { get; }

    /// <summary>H with its damping, constant last.</summary>
    public Span<float> Damped(int group) => _damped.AsSpan(group * Order * Order, Order * Order);

    /// <summary>The Hessian of the weights once the bias is at its best: H - h h^T / H_11, h the constant's column.</summary>
    public ReadOnlySpan<float> Reduced(int group) => _reduced[group];

    /// <summary>What the bias of a row has to change by when its weights change by <paramref name="change"/>.</summary>
    public float BiasFor(int group, ReadOnlySpan<float> change)
    {
        ReadOnlySpan<float> constant = Damped(group).Slice(Columns * Order, Order);
        return (float)(-VectorKernels.Dot(change, constant[..Columns]) / constant[Columns]);
    }

    /// <summary>
    /// U with U^T U = (H + ridge I)^-1, the ridge on weights alone. Damping makes H definite; where rounding takes that away
    /// again, a larger ridge does.
    /// </summary>
    public float[] InverseFactor(int group, double ridge)
    {
        double[] matrix = new double[Order * Order];
        double least = 0;
        while (true)
        {
            ReadOnlySpan<float> damped = Damped(group);
            for (int i = 0; i < matrix.Length; i++)
                matrix[i] = damped[i];
            double trace = 0;
            for (int i = 0; i < Order; i++)
                trace += matrix[i * Order + i];
            for (int i = 0; i < Order; i++)
                matrix[i * Order + i] += (i < Columns ? ridge : 0) + least * trace / Order;
            if (Cholesky.InverseFactor(matrix, Order) is { } factor)
                return factor;
            least = Math.Max(least * 10, 1e-7);
        }
    }

    /// <summary>The geometric mean of what each weight's error costs once those behind it have made up for it: 1 / U_jj^2.</summary>
    public double GeometricMean(int group)
    {
        if (_geometricMeans[group] == 0)
        {
            float[] factor = InverseFactor(group, 0);
            double sum = 0;
            for (int j = 0; j < Columns; j++)
                sum += Math.Log(factor[j * Order + j]);
            _geometricMeans[group] = Math.Exp(-2 * sum / Columns);
        }
        return _geometricMeans[group];
    }

    /// <summary>row H row^T.</summary>
    public double Quadratic(int group, ReadOnlySpan<float> row)
    {
        ReadOnlySpan<float> matrix = Damped(group);
        double sum = 0;
        for (int i = 0; i < Order; i++)
        {
            if (row[i] != 0)
                sum += row[i] * VectorKernels.Dot(matrix.Slice(i * Order, Order), row);
        }
        return sum;
    }

    private void Damp(Span<float> matrix, double damping)
    {
        double mean = 0;
        for (int i = 0; i < Columns; i++)
            mean += matrix[i * Order + i];
        mean /= Math.Max(Columns, 1);
        // A layer whose inputs were always zero: any weights do.
        if (mean == 0)
            mean = 1;
        for (int i = 0; i < Columns; i++)
            matrix[i * Order + i] += (float)(damping * mean);
        ref float constant = ref matrix[Columns * Order + Columns];
        constant = constant > 0 ? constant * (1 + 1e-6f) : 1;
    }

    private float[] Reduce(ReadOnlySpan<float> matrix)
    {
        float[] reduced = new float[Columns * Columns];
        ReadOnlySpan<float> constant = matrix.Slice(Columns * Order, Order);
        for (int i = 0; i < Columns; i++)
        {
            Span<float> row = reduced.AsSpan(i * Columns, Columns);
            matrix.Slice(i * Order, Columns).CopyTo(row);
            VectorKernels.AddScaled(row, constant[..Columns], -constant[i] / constant[Columns]);
        }
        return reduced;
    }
}
