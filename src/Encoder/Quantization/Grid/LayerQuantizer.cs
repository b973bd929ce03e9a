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
        lambda *= layer.CodedShare;
        OptimalBrainSurgeon surgeon = new(layer, curvature, lambda);

        (double constant, bool perRow) = layer.Choice is { } kept ? (kept.StepConstant, kept.PerRow) : BestSteps<TRate>(layer, curvature, surgeon, lambda);
        Steps steps = Steps.Choose(layer, curvature, lambda, constant, perRow);
        short[] integers = new short[layer.Rows * layer.Columns];
        CodingOrder coding = layer.Choice is null ? layer.Coding : layer.Coding with { Period = layer.Choice.Period };
        surgeon.Round<TRate>(steps, coding, 0, layer.Rows, integers);
        if (layer.Choice is null && BestPeriod<TRate>(layer, integers) is > 0 and int period)
        {
            coding = coding with { Period = period };
            surgeon.Round<TRate>(steps, coding, 0, layer.Rows, integers);
        }
        for (int sweep = 0; sweep < Sweeps; sweep++)
            CoordinateDescent.Sweep<TRate>(layer, curvature, steps, coding, lambda, integers);
        return new QuantizedLayer(layer, new GridChoice(constant, perRow, coding.Period), integers, steps.Step, steps.Shifts,
            EstimatedBits<TRate>(integers, coding) * layer.CodedShare + steps.Bits,
            Loss(layer, curvature, steps, 0, integers), BiasCorrection.Of(layer, curvature, steps, integers));
    }

    private static (double Constant, bool PerRow) BestSteps<TRate>(GridLayer layer, Curvature curvature, OptimalBrainSurgeon surgeon, double lambda)
        where TRate : IRateModel<TRate>
    {
        int rows = layer.Rows <= 2 * TrialRows ? layer.Rows : TrialRows;
        int first = (layer.Rows - rows) / 2;
        bool[] grids = curvature.Groups > 1 || layer.RowImportance.Distinct().Count() > 1 ? [true, false] : [false];
        (double Constant, bool PerRow)[] trials = [.. grids.SelectMany(perRow => StepConstants.Select(constant => (constant, perRow)))];
        double[] costs = new double[trials.Length];
        Parallel.For(0, trials.Length, trial =>
        {
            Steps steps = Steps.Choose(layer, curvature, lambda, trials[trial].Constant, trials[trial].PerRow);
            short[] tried = new short[rows * layer.Columns];
            surgeon.Round<TRate>(steps, layer.Coding, first, first + rows, tried);
            costs[trial] = Loss(layer, curvature, steps, first, tried)
                + lambda * (EstimatedBits<TRate>(tried, layer.Coding) + steps.Bits * rows / layer.Rows);
        });
        return trials[Array.IndexOf(costs, costs.Min())];
    }

    private static int BestPeriod<TRate>(GridLayer layer, short[] integers)
        where TRate : IRateModel<TRate> =>
        layer.Periods.MinBy(period => EstimatedBits<TRate>(integers, layer.Coding with { Period = period }));

    private static double EstimatedBits<TRate>(ReadOnlySpan<short> integers, CodingOrder coding)
        where TRate : IRateModel<TRate>
    {
        CoordinateDescent.Learned<TRate>(integers, coding, out double bits);
        return bits;
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
