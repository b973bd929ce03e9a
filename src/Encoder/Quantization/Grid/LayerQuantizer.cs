namespace Weightless.Encoder.Quantization.Grid;

/// <summary>Quantises a layer at a price of a bit: of several steps the one of least loss + lambda x bits.</summary>
internal static class LayerQuantizer
{
    private const int Sweeps = 3;

    // Steps are compared on some rows of a large layer.
    private const int TrialRows = 48;

    private static readonly double[] StepConstants = [0.03, 0.06, 0.12, 0.25, 0.6, 1];

    /// <param name="lambda">What a bit may cost in the unit of the loss.</param>
    public static QuantizedLayer Quantize<TRate>(GridLayer layer, double lambda)
        where TRate : IRateModel<TRate>
    {
        (Hessian first, Hessian second) = layer.LoadHessians();
        Curvature curvature = new(Hessian.Sum(first, second), layer.Damping);
        OptimalBrainSurgeon surgeon = new(layer, curvature, lambda);

        int trialRows = layer.Rows <= 2 * TrialRows ? layer.Rows : TrialRows;
        int firstTrial = (layer.Rows - trialRows) / 2;
        bool[] choices = curvature.Groups > 1 || layer.RowImportance.Distinct().Count() > 1 ? [true, false] : [false];
        Steps[] trials = [.. choices.SelectMany(perRow => StepConstants.Select(c => Steps.Choose(layer, curvature, lambda, c, perRow)))];
        double[] costs = new double[trials.Length];
        Parallel.For(0, trials.Length, trial =>
        {
            short[] tried = new short[trialRows * layer.Columns];
            surgeon.Round<TRate>(trials[trial], firstTrial, firstTrial + trialRows, tried);
            CoordinateDescent.Learned<TRate>(tried, layer.Columns, out double bits);
            costs[trial] = Loss(layer, curvature, trials[trial], firstTrial, tried)
                + lambda * (bits + trials[trial].Bits * trialRows / layer.Rows);
        });
        Steps steps = trials[Array.IndexOf(costs, costs.Min())];

        short[] integers = new short[layer.Rows * layer.Columns];
        surgeon.Round<TRate>(steps, 0, layer.Rows, integers);
        for (int sweep = 0; sweep < Sweeps; sweep++)
            CoordinateDescent.Sweep<TRate>(layer, curvature, steps, lambda, integers);
        CoordinateDescent.Learned<TRate>(integers, layer.Columns, out double total);
        return new QuantizedLayer(layer, integers, steps.Step, steps.Shifts, total + steps.Bits,
            Loss(layer, curvature, steps, 0, integers), BiasCorrection.Of(layer, curvature, steps, integers));
    }

    /// <summary>The rows' part of half the sensitivity times the squared error.</summary>
    internal static double Loss(GridLayer layer, Curvature curvature, Steps steps, int firstRow, ReadOnlySpan<short> integers)
    {
        int columns = layer.Columns;
        float[] error = new float[columns];
        double loss = 0;
        for (int row = firstRow; row < firstRow + integers.Length / columns; row++)
        {
            Errors(layer, steps, row, integers.Slice((row - firstRow) * columns, columns), error);
            ReadOnlySpan<float> hessian = curvature.Reduced(layer.GroupOf(row, curvature.Groups));
            double sum = 0;
            for (int j = 0; j < columns; j++)
                sum += error[j] * VectorKernels.Dot(hessian.Slice(j * columns, columns), error);
            loss += 0.5 * layer.Sensitivity * layer.RowImportance[row] * sum;
        }
        return loss;
    }

    /// <summary>What rounding adds to each weight of a row.</summary>
    internal static void Errors(GridLayer layer, Steps steps, int row, ReadOnlySpan<short> integers, Span<float> errors)
    {
        float step = (float)steps.Of(row);
        ReadOnlySpan<float> weights = layer.Row(row);
        for (int j = 0; j < errors.Length; j++)
            errors[j] = integers[j] * step - weights[j];
    }
}
