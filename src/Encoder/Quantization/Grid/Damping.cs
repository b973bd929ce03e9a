namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// Chooses how much a layer's Hessian is damped, by cross-validation: weights are rounded by the Hessian of one half of the
/// calibration inputs, and the error is taken on the other half.
/// </summary>
internal static class Damping
{
    private const int TrialRows = 48;
    private const double TypicalStepConstant = 0.12;

    // Damping for the steps that all are compared at.
    private const double Typical = 0.01;

    private static readonly double[] Candidates = [0.001, 0.01, 0.05, 0.2];

    /// <returns>By what factor the error is larger on inputs that were not rounded for: far above 1, there are too few.</returns>
    public static double Choose<TRate>(GridLayer layer, double lambda)
        where TRate : IRateModel<TRate>
    {
        (Hessian first, Hessian second) = layer.LoadHessians();
        if (first.Images == 0 || second.Images == 0)
        {
            layer.Damping = Typical;
            return 1;
        }
        double[] fitted = new double[Candidates.Length];
        double[] validated = new double[Candidates.Length];
        foreach ((Hessian fit, Hessian test) in new[] { (first, second), (second, first) })
        {
            Steps? steps = null;
            Curvature judge = new(test, 0);
            Curvature own = new(fit, 0);
            foreach ((int index, double damping) in new[] { Array.IndexOf(Candidates, Typical) }
                .Concat(Enumerable.Range(0, Candidates.Length)).Distinct().Select(index => (index, Candidates[index])))
            {
                Curvature curvature = new(fit, damping);
                steps ??= Steps.Choose(layer, curvature, lambda, TypicalStepConstant, perRow: true);
                (double onOwn, double onOther) = Errors<TRate>(layer, curvature, steps, lambda, own, judge);
                fitted[index] += onOwn;
                validated[index] += onOther;
            }
        }
        int best = Array.IndexOf(validated, validated.Min());
        layer.Damping = Candidates[best];
        return fitted[best] > 0 ? validated[best] / fitted[best] : 1;
    }

    private static (double Own, double Other) Errors<TRate>(GridLayer layer, Curvature curvature, Steps steps, double lambda,
        Curvature own, Curvature other)
        where TRate : IRateModel<TRate>
    {
        int rows = Math.Min(layer.Rows, TrialRows);
        int first = (layer.Rows - rows) / 2;
        short[] integers = new short[rows * layer.Columns];
        new OptimalBrainSurgeon(layer, curvature, lambda).Round<TRate>(steps, layer.Coding, first, first + rows, integers);
        float[] errors = new float[layer.Columns + 1];
        double onOwn = 0;
        double onOther = 0;
        for (int row = first; row < first + rows; row++)
        {
            int group = layer.GroupOf(row, curvature.Groups);
            Span<float> weights = errors.AsSpan(0, layer.Columns);
            LayerQuantizer.Errors(layer, steps, row, integers.AsSpan((row - first) * layer.Columns, layer.Columns), weights);
            errors[^1] = curvature.BiasFor(group, weights);
            onOwn += layer.RowImportance[row] * own.Quadratic(group, errors);
            onOther += layer.RowImportance[row] * other.Quadratic(group, errors);
        }
        return (onOwn, onOther);
    }
}
