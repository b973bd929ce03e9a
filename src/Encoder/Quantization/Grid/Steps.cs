namespace Weightless.Encoder.Quantization.Grid;

/// <summary>The scale of each row of a layer: one step times powers of two.</summary>
internal sealed class Steps
{
    /// <summary>Integers beyond these do not occur.</summary>
    public const int Largest = 127;

    // OBS moves weights on its way: room for that.
    private const int LargestRounded = 120;
    private const int MostShift = 40;

    private Steps(double step, byte[] shifts)
    {
        Step = (float)step;
        Shifts = shifts;
    }

    public float Step { get; }

    /// <summary>One a row.</summary>
    public byte[] Shifts { get; }

    public double Of(int row) => Math.ScaleB(Step, Shifts[row]);

    /// <summary>The bits of the step and of an entropy coder for the shifts.</summary>
    public double Bits
    {
        get
        {
            double bits = 32;
            if (Shifts.AsSpan().ContainsAnyExcept(Shifts[0]))
            {
                foreach (IGrouping<byte, byte> group in Shifts.GroupBy(shift => shift))
                    bits += group.Count() * Math.Log2((double)Shifts.Length / group.Count());
                bits += 8 * Shifts.Distinct().Count();
            }
            return bits;
        }
    }

    /// <summary>
    /// For a uniform quantiser at high rate, D^2 = lambda / (c a h): h is what a weight's error costs in the row, and the
    /// best constant c depends on the rate. A row whose largest weight is beyond the integers takes a larger step.
    /// </summary>
    /// <param name="perRow">Whether each row has the nearest power of two to its own h; else all have the layer's mean.</param>
    public static Steps Choose(GridLayer layer, Curvature curvature, double lambda, double c, bool perRow)
    {
        double[] exponents = new double[layer.Rows];
        double mean = 0;
        for (int row = 0; row < layer.Rows; row++)
        {
            double cost = layer.RowImportance[row] * curvature.GeometricMean(layer.GroupOf(row, curvature.Groups));
            exponents[row] = -0.5 * Math.Log2(cost);
            mean += exponents[row] / layer.Rows;
        }
        double step = Math.Sqrt(lambda / (c * layer.Sensitivity)) * Math.Pow(2, mean);
        int[] shifts = new int[layer.Rows];
        for (int row = 0; row < layer.Rows; row++)
        {
            double largest = System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(layer.Row(row));
            int own = perRow ? (int)Math.Round(Math.Clamp(exponents[row] - mean, -MostShift / 2, MostShift / 2)) : 0;
            int range = largest == 0 ? own : (int)Math.Ceiling(Math.Log2(Math.Abs(largest) / (LargestRounded * step)));
            shifts[row] = Math.Max(own, range);
        }
        int least = shifts.Min();
        int most = least + MostShift;
        return new Steps(Math.ScaleB(step, least), [.. shifts.Select(shift => (byte)(Math.Min(shift, most) - least))]);
    }
}
