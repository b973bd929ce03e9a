using Weightless.Encoder.Calibration;
using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Tests.Quantization.Grid;

public class OptimiserTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(150)]
    public void The_inverse_factor_is_one_of_the_inverse(int order)
    {
        double[] matrix = RandomDefinite(order, new Random(order));
        float[] factor = Cholesky.InverseFactor([.. matrix], order)!;
        for (int i = 0; i < order; i++)
        {
            for (int j = 0; j < order; j++)
            {
                // A (U^T U) is the identity; U is zero below its diagonal.
                double sum = 0;
                for (int k = 0; k < order; k++)
                {
                    double inverse = 0;
                    for (int t = 0; t <= Math.Min(k, j); t++)
                        inverse += (double)factor[t * order + k] * factor[t * order + j];
                    sum += matrix[i * order + k] * inverse;
                }
                Assert.Equal(i == j ? 1 : 0, sum, 1e-3);
                if (j < i)
                    Assert.Equal(0, factor[i * order + j]);
            }
        }
    }

    [Fact]
    public void A_matrix_that_is_not_definite_has_no_factor() => Assert.Null(Cholesky.InverseFactor([1, 2, 2, 1], 2));

    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(1, 15, 300)]
    [InlineData(3, 16, 129)]
    [InlineData(2, 40, 256)]
    public void A_sum_in_panels_is_the_sum_of_outer_products(int groups, int columns, int samples)
    {
        Random random = new(columns);
        HessianSum sum = new(groups, columns) { Images = samples };
        double[,,] expected = new double[groups, columns + 1, columns + 1];
        for (int sample = 0; sample < samples; sample++)
        {
            sum.Begin();
            for (int group = 0; group < groups; group++)
            {
                float[] x = [.. Enumerable.Range(0, columns).Select(_ => random.NextSingle() - 0.5f), 1];
                for (int j = 0; j < columns; j++)
                    sum.Set(group, j, x[j]);
                for (int i = 0; i <= columns; i++)
                {
                    for (int j = 0; j <= columns; j++)
                        expected[group, i, j] += x[i] * x[j];
                }
            }
        }
        Hessian hessian = sum.ToHessian();
        for (int group = 0; group < groups; group++)
        {
            for (int i = 0; i <= columns; i++)
            {
                for (int j = 0; j <= columns; j++)
                    Assert.Equal(expected[group, i, j], hessian.Group(group)[i * hessian.Order + j], 1e-3);
            }
        }
    }

    /// <summary>Against rounding each weight by itself at the step that was found.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void It_loses_less_than_rounding_at_fewer_bits(int groups)
    {
        GridLayer layer = RandomLayer(24, 30, groups, new Random(groups));
        QuantizedLayer result = LayerQuantizer.Quantize<AdaptiveRateModel>(layer, 0.02);
        short[] rounded = new short[result.Integers.Length];
        for (int i = 0; i < rounded.Length; i++)
        {
            float scale = MathF.ScaleB(result.Step, result.Shifts[i / layer.Columns]);
            rounded[i] = (short)MathF.Round(layer.Weights[i] / scale);
        }
        CoordinateDescent.Learned<AdaptiveRateModel>(rounded, layer.Coding, out double roundedBits);
        CoordinateDescent.Learned<AdaptiveRateModel>(result.Integers, layer.Coding, out double bits);
        Assert.True(bits < roundedBits, $"{bits} bits, rounded {roundedBits}");
        Assert.True(result.Loss + 0.02 * bits < Loss(layer, result, rounded) + 0.02 * roundedBits);
        Assert.Equal(result.Loss, Loss(layer, result, result.Integers), 1e-2 * result.Loss);
    }

    [Fact]
    public void A_higher_price_gives_fewer_bits_and_more_loss()
    {
        GridLayer layer = RandomLayer(30, 20, 1, new Random(5));
        QuantizedLayer[] results = [.. new[] { 0.001, 0.01, 0.1 }.Select(price => LayerQuantizer.Quantize<AdaptiveRateModel>(layer, price))];
        Assert.True(results[0].Bits > results[1].Bits && results[1].Bits > results[2].Bits);
        Assert.True(results[0].Loss < results[1].Loss && results[1].Loss < results[2].Loss);
    }

    [Fact]
    public void The_same_layer_gives_the_same_integers()
    {
        GridLayer layer = RandomLayer(40, 33, 1, new Random(6));
        QuantizedLayer first = LayerQuantizer.Quantize<AdaptiveRateModel>(layer, 0.01);
        QuantizedLayer second = LayerQuantizer.Quantize<AdaptiveRateModel>(layer, 0.01);
        Assert.Equal(first.Integers, second.Integers);
        Assert.Equal(first.Step, second.Step);
        Assert.Equal(first.BiasChanges, second.BiasChanges);
    }

    [Fact]
    public void An_outlier_row_gets_a_shift_and_stays_in_range()
    {
        GridLayer layer = RandomLayer(8, 20, 1, new Random(7));
        layer.Weights[3 * 20 + 4] = 1e4f;
        QuantizedLayer result = LayerQuantizer.Quantize<AdaptiveRateModel>(layer, 1e-4);
        Assert.All(result.Integers, value => Assert.InRange(value, -Steps.Largest, Steps.Largest));
        Assert.True(result.Shifts[3] > result.Shifts[0]);
        Assert.Equal(1e4, result.Integers[3 * 20 + 4] * (double)MathF.ScaleB(result.Step, result.Shifts[3]), 200.0);
    }

    [Fact]
    public void A_layer_that_reads_zeros_or_has_none_is_quantised()
    {
        GridLayer zeros = new("w", new float[6 * 4], 6, 4, [1, 1, 1, 1, 1, 1], 1, () => (new Hessian(1, 4) { Images = 1 }, new Hessian(1, 4) { Images = 1 }))
        {
            Damping = 0.01,
        };
        Assert.All(LayerQuantizer.Quantize<AdaptiveRateModel>(zeros, 0.1).Integers, value => Assert.Equal(0, value));
        GridLayer unread = zeros with { Weights = [.. Enumerable.Range(0, 24).Select(i => i - 11.5f)] };
        QuantizedLayer result = LayerQuantizer.Quantize<AdaptiveRateModel>(unread, 0.1);
        Assert.True(float.IsFinite(result.Step) && result.Step > 0);
        Assert.All(result.BiasChanges, change => Assert.True(float.IsFinite(change)));
    }

    [Fact]
    public void Grid_values_are_integers_times_scales_of_their_channels()
    {
        GridTensor columns = new("t", Weightless.NativeDecoder.Format.ElementType.F32, [2, 3], [1, 2, 3, -4, 5, -6], 0.5f, 1, [0, 1, 3]);
        Assert.Equal([0.5f, 2, 12, -2, 5, -24], columns.Values());
        GridTensor plain = columns with { Shifts = [] };
        Assert.Equal([0.5f, 1, 1.5f, -2, 2.5f, -3], plain.Values());
    }

    [Fact]
    public void Biases_keep_twelve_bits()
    {
        float[] values = [0.1f, -3, 2.999f, 0];
        GridTensor grid = BiasGrid.Of("b", [4], values, wanted: 100);
        Assert.All(values.Zip(grid.Values()), pair => Assert.Equal(pair.First, pair.Second, 3 / 2047f / 2 + 1e-6));
        Assert.All(BiasGrid.Of("b", [4], values, wanted: 0).Integers, value => Assert.InRange(value, (short)-32767, (short)32767));
    }

    private static double Loss(GridLayer layer, QuantizedLayer result, short[] integers)
    {
        (Hessian first, Hessian second) = layer.LoadHessians();
        Curvature curvature = new(Hessian.Sum(first, second), layer.Damping);
        double loss = 0;
        for (int row = 0; row < layer.Rows; row++)
        {
            int group = layer.GroupOf(row, curvature.Groups);
            float[] error = new float[layer.Columns + 1];
            for (int j = 0; j < layer.Columns; j++)
                error[j] = integers[row * layer.Columns + j] * MathF.ScaleB(result.Step, result.Shifts[row]) - layer.Weights[row * layer.Columns + j];
            error[^1] = curvature.BiasFor(group, error.AsSpan(0, layer.Columns));
            loss += 0.5 * layer.Sensitivity * layer.RowImportance[row] * curvature.Quadratic(group, error);
        }
        return loss;
    }

    /// <summary>A layer whose inputs depend on each other.</summary>
    private static GridLayer RandomLayer(int rows, int columns, int groups, Random random)
    {
        HessianSum[] halves = [new(groups, columns) { Images = 100 }, new(groups, columns) { Images = 100 }];
        for (int sample = 0; sample < 200; sample++)
        {
            halves[sample % 2].Begin();
            for (int group = 0; group < groups; group++)
            {
                float last = 0;
                for (int j = 0; j < columns; j++)
                    halves[sample % 2].Set(group, j, last = 0.8f * last + random.NextSingle() - 0.3f);
            }
        }
        Hessian first = halves[0].ToHessian();
        Hessian second = halves[1].ToHessian();
        float[] weights = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() + random.NextSingle() - 1)];
        return new GridLayer("w", weights, rows, columns, [.. Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? 1.0 : 4.0)], 1, () => (first, second))
        {
            Damping = 0.01,
        };
    }

    private static double[] RandomDefinite(int order, Random random)
    {
        double[] root = [.. Enumerable.Range(0, order * order).Select(_ => random.NextDouble() - 0.5)];
        double[] matrix = new double[order * order];
        for (int i = 0; i < order; i++)
        {
            for (int j = 0; j < order; j++)
            {
                for (int k = 0; k < order; k++)
                    matrix[i * order + j] += root[i * order + k] * root[j * order + k];
            }
            matrix[i * order + i] += 1;
        }
        return matrix;
    }
}
