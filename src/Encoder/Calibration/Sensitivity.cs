using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization.Grid;
using Tensor = Weightless.Encoder.Models.Tensor;

namespace Weightless.Encoder.Calibration;

/// <summary>
/// What the network's outputs lose for each unit of a layer's squared error: one layer at a time is rounded, and the loss of
/// the outputs is divided by the error that its Hessian tells.
/// </summary>
internal sealed class Sensitivity
{
    // Coarse enough to be seen in the outputs, fine enough for their loss to be quadratic.
    private const float StepPerDeviation = 0.12f;
    private const float LeastDeviation = 1e-3f;
    private const int MostRuns = 16;

    private readonly OnnxReader _model;
    private readonly IReadOnlyDictionary<string, Tensor>[] _runs;
    private readonly Dictionary<string, NetworkValue>[] _before;

    public Sensitivity(OnnxReader model, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> runs)
    {
        _model = model;
        int count = Math.Min(runs.Count, MostRuns);
        _runs = [.. Enumerable.Range(0, count).Select(i => runs[(int)((long)i * runs.Count / count)])];
        using NetworkSession session = new(model.Bytes.Span, []);
        _before = [.. _runs.Select(session.Run)];
    }

    /// <param name="weights">The layer's weights, row by row.</param>
    /// <param name="hessian">Sums over all calibration inputs.</param>
    public double Of(NetworkLayer layer, ReadOnlySpan<float> weights, Hessian hessian)
    {
        int columns = layer.View.Columns;
        float[] rounded = new float[weights.Length];
        Curvature curvature = new(hessian, 0);
        double[] importance = layer.RowImportance();
        float[] error = new float[columns + 1];
        double squares = 0;
        float whole = Deviation(weights);
        for (int row = 0; row < layer.View.Rows; row++)
        {
            float step = StepPerDeviation * Math.Max(Deviation(weights.Slice(row * columns, columns)), LeastDeviation * whole);
            for (int j = 0; j < columns; j++)
            {
                float weight = weights[row * columns + j];
                float near = step > 0 ? MathF.Round(weight / step) * step : weight;
                rounded[row * columns + j] = near;
                error[j] = near - weight;
            }
            squares += importance[row] * curvature.Quadratic(row / (layer.View.Rows / layer.View.Groups), error);
        }
        ModelPatch patch = new(_model);
        patch.Replace(layer.Weight, layer.View.ToTensor<float>(rounded));
        using NetworkSession session = new(patch.Bytes, []);
        OutputDifference difference = new();
        for (int i = 0; i < _runs.Length; i++)
        {
            Dictionary<string, NetworkValue> after = session.Run(_runs[i]);
            foreach ((string name, NetworkValue value) in _before[i])
                difference.Add(value, after[name]);
        }
        return squares > 0 ? Math.Max(difference.Loss, 0) / squares : 0;
    }

    private static float Deviation(ReadOnlySpan<float> values)
    {
        double sum = 0;
        double squares = 0;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
        }
        double mean = sum / values.Length;
        return (float)Math.Sqrt(Math.Max(squares / values.Length - mean * mean, 0));
    }
}
