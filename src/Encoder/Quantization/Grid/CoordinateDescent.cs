namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// Goes over the integers once more, each given all others, on the true loss with the bias at its best, and counts what a
/// change does to the contexts of those behind it.
/// </summary>
internal static class CoordinateDescent
{
    /// <param name="coding">How they are coded.</param>
    /// <param name="integers">The layer's integers: they are changed.</param>
    public static void Sweep<TRate>(GridLayer layer, Curvature curvature, Steps steps, CodingOrder coding, double lambda, short[] integers)
        where TRate : IRateModel<TRate>
    {
        int columns = layer.Columns;
        TRate rate = Learned<TRate>(integers, coding, out _);
        int[] reach = coding.Reach;
        float[] error = new float[columns];
        float[] gradient = new float[columns];
        Span<int> candidates = stackalloc int[5];
        for (int row = 0; row < layer.Rows; row++)
        {
            ReadOnlySpan<float> hessian = curvature.Reduced(layer.GroupOf(row, curvature.Groups));
            double step = steps.Of(row);
            double price = lambda / (layer.Sensitivity * layer.RowImportance[row] * step * step);
            Span<short> current = integers.AsSpan(row * columns, columns);
            ReadOnlySpan<float> weights = layer.Row(row);
            Array.Clear(gradient);
            for (int j = 0; j < columns; j++)
            {
                error[j] = current[j] - (float)(weights[j] / step);
                VectorKernels.AddScaled(gradient, hessian.Slice(j * columns, columns), error[j]);
            }
            for (int j = 0; j < columns; j++)
            {
                float curve = Math.Max(hessian[j * columns + j], 1e-9f);
                float target = current[j] - gradient[j] / curve;
                float limited = Math.Clamp(target, -Steps.Largest, Steps.Largest);
                int sign = limited < 0 ? -1 : 1;
                int floor = (int)MathF.Abs(limited);
                candidates[0] = current[j];
                candidates[1] = 0;
                candidates[2] = sign * floor;
                candidates[3] = sign * Math.Min(floor + 1, Steps.Largest);
                candidates[4] = sign * Math.Max(floor - 1, 0);
                int before = current[j];
                int best = before;
                float least = float.PositiveInfinity;
                for (int k = 0; k < candidates.Length; k++)
                {
                    int candidate = candidates[k];
                    if (candidates[..k].Contains(candidate))
                        continue;
                    float distance = target - candidate;
                    current[j] = (short)candidate;
                    float cost = 0.5f * distance * distance + (float)(price / curve) * BitsAround(rate, integers, layer.Rows, coding, reach, row, j);
                    if (cost < least)
                    {
                        least = cost;
                        best = candidate;
                    }
                }
                current[j] = (short)best;
                if (best != before)
                    VectorKernels.AddScaled(gradient, hessian.Slice(j * columns, columns), best - before);
            }
        }
    }

    /// <summary>A model that has seen all integers, and what it estimated for them as they came.</summary>
    public static TRate Learned<TRate>(ReadOnlySpan<short> integers, CodingOrder coding, out double bits)
        where TRate : IRateModel<TRate>
    {
        int rows = coding.Columns == 0 ? 0 : integers.Length / coding.Columns;
        TRate rate = TRate.Create(rows, coding);
        bits = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < coding.Columns; column++)
            {
                Surroundings around = coding.Around(integers, row, column);
                int value = integers[row * coding.Columns + column];
                bits += rate.Bits(value, around);
                rate.Learn(value, around);
            }
        }
        return rate;
    }

    /// <summary>The bits of an integer and of those that have it in their surroundings.</summary>
    private static float BitsAround<TRate>(TRate rate, ReadOnlySpan<short> integers, int rows, CodingOrder coding, int[] reach, int row, int column)
        where TRate : IRateModel<TRate>
    {
        int at = row * coding.Columns + column;
        float bits = rate.Bits(integers[at], coding.Around(integers, row, column));
        foreach (int distance in reach)
        {
            (int r, int c) = coding.IsTransposed ? (row + distance, column) : (row, column + distance);
            if (r < rows && c < coding.Columns)
                bits += rate.Bits(integers[r * coding.Columns + c], coding.Around(integers, r, c));
        }
        return bits;
    }
}
