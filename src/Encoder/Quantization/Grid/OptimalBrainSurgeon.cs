namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// Rounds a row's weights one after the other to where error and rate are least together, and lets the weights behind make
/// up for each error: Optimal Brain Surgeon with a rate (Conzelmann and Bamler, arXiv 2505.18758, sections 3 and 4).
/// </summary>
/// <remarks>
/// The quadratic part of the rate, g q^2 / 2, is moved into the Hessian, H' = H + l g I, so that OBS does not push weights
/// away from zero; what is left of the rate is priced weight by weight. l = lambda / (a D^2) is the price of a bit in units of
/// the row's integers.
/// </remarks>
internal sealed class OptimalBrainSurgeon
{
    private const int Beyond = 2;

    private readonly GridLayer _layer;
    private readonly Curvature _curvature;
    private readonly double _lambda;
    private readonly float[][] _factors;
    private readonly double[] _ridges;
    private readonly float[] _pulled;

    /// <summary>Factors H' and moves the weights to where the quadratic rate wants them: W' = W H H'^-1.</summary>
    public OptimalBrainSurgeon(GridLayer layer, Curvature curvature, double lambda)
    {
        _layer = layer;
        _curvature = curvature;
        _lambda = lambda;
        _ridges = new double[curvature.Groups];
        _factors = new float[curvature.Groups][];
        _pulled = new float[layer.Rows * curvature.Order];
        int groupRows = layer.Rows / curvature.Groups;
        double floor = 1e-3 * Power(0, layer.Rows);
        for (int group = 0; group < curvature.Groups; group++)
        {
            double power = Math.Max(Power(group * groupRows, groupRows), floor);
            _ridges[group] = power > 0 ? lambda / (layer.Sensitivity * Math.Log(2) * power) : 0;
            _factors[group] = curvature.InverseFactor(group, _ridges[group]);
        }
        Parallel.For(0, layer.Rows, Pull);
    }

    /// <summary>Rounds some rows in order.</summary>
    /// <param name="coding">How they are coded.</param>
    /// <param name="integers">(last - first) x columns of them are written.</param>
    public void Round<TRate>(Steps steps, CodingOrder coding, int first, int last, Span<short> integers)
        where TRate : IRateModel<TRate>
    {
        TRate rate = TRate.Create(last - first, coding);
        int order = _curvature.Order;
        int columns = _layer.Columns;
        float[] row = new float[order];
        for (int r = first; r < last; r++)
        {
            int group = _layer.GroupOf(r, _curvature.Groups);
            ReadOnlySpan<float> factor = _factors[group];
            double step = steps.Of(r);
            double price = _lambda / (_layer.Sensitivity * _layer.RowImportance[r] * step * step);
            float quadratic = (float)(_ridges[group] * _layer.RowImportance[r] * step * step * _layer.Sensitivity / _lambda);
            for (int j = 0; j < order; j++)
                row[j] = (float)(_pulled[r * order + j] / step);
            for (int j = 0; j < columns; j++)
            {
                ReadOnlySpan<float> tail = factor.Slice(j * order + j, order - j);
                float weight = row[j];
                Surroundings around = coding.Around(integers, r - first, j);
                int chosen = Choose(rate, weight, (float)(price * tail[0] * tail[0]), quadratic, around);
                rate.Learn(chosen, around);
                integers[(r - first) * columns + j] = (short)chosen;
                VectorKernels.AddScaled(row.AsSpan(j + 1, order - j - 1), tail[1..], -(weight - chosen) / tail[0]);
            }
        }
    }

    /// <summary>The integer of least 1/2 (w - q)^2 + price (bits - g q^2 / 2).</summary>
    private static int Choose<TRate>(TRate rate, float weight, float price, float quadratic, in Surroundings around)
        where TRate : IRateModel<TRate>
    {
        int floor = (int)Math.Min(MathF.Abs(weight), Steps.Largest);
        int sign = weight < 0 ? -1 : 1;
        int best = 0;
        float least = 0.5f * weight * weight + price * rate.Bits(0, around);
        for (int magnitude = Math.Max(floor - Beyond, 1); magnitude <= Math.Min(floor + Beyond, Steps.Largest); magnitude++)
        {
            int candidate = sign * magnitude;
            float error = weight - candidate;
            float cost = 0.5f * error * error;
            if (cost >= least && quadratic == 0)
                continue;
            cost += price * (rate.Bits(candidate, around) - 0.5f * quadratic * candidate * candidate);
            if (cost < least)
            {
                least = cost;
                best = candidate;
            }
        }
        return best;
    }

    /// <summary>The mean square of rows' weights, each by its importance.</summary>
    private double Power(int first, int count)
    {
        double sum = 0;
        for (int row = first; row < first + count; row++)
            sum += _layer.RowImportance[row] * VectorKernels.Dot(_layer.Row(row), _layer.Row(row));
        return sum / Math.Max((double)count * _layer.Columns, 1);
    }

    /// <summary>w H H'^-1 = w - ridge w H'^-1, and H'^-1 = U^T U; the constant's weight is a change of the bias from 0.</summary>
    private void Pull(int row)
    {
        int order = _curvature.Order;
        int columns = _layer.Columns;
        int group = _layer.GroupOf(row, _curvature.Groups);
        ReadOnlySpan<float> factor = _factors[group];
        ReadOnlySpan<float> weights = _layer.Row(row);
        Span<float> pulled = _pulled.AsSpan(row * order, order);
        for (int i = 0; i < columns; i++)
        {
            double product = VectorKernels.Dot(weights[i..], factor.Slice(i * order + i, columns - i));
            VectorKernels.AddScaled(pulled[i..], factor.Slice(i * order + i, order - i), (float)(-_ridges[group] * product));
        }
        VectorKernels.AddScaled(pulled[..columns], weights, 1);
    }
}
