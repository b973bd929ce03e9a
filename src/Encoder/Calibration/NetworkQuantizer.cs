using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Weightless.Encoder.Codecs.Context;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Encoder.Calibration;

/// <summary>A network's tensors on grids.</summary>
/// <param name="Tensors">Weights and corrected biases; the model's other tensors stay as they are.</param>
/// <param name="Layers">What became of each layer.</param>
/// <param name="BiasBits">What an ideal coder needs for the biases.</param>
internal sealed record QuantizedNetwork(IReadOnlyList<GridTensor> Tensors, IReadOnlyList<QuantizedLayer> Layers, double BiasBits)
{
    /// <summary>What the rate model estimates for the weights.</summary>
    public double WeightBits => Layers.Sum(layer => layer.Bits);

    public double Bits => WeightBits + BiasBits;

    /// <summary>The model with these values in place of its own.</summary>
    public ModelPatch Patch(OnnxReader model)
    {
        ModelPatch patch = new(model);
        foreach (GridTensor tensor in Tensors)
            patch.Replace(tensor.Name, tensor.Values());
        return patch;
    }
}

/// <summary>Quantises all layers of a network at one price of a bit.</summary>
internal sealed class NetworkQuantizer
{
    // A layer that seems not to matter, as behind saturated activations, counts this share of the median one.
    private const double LeastSensitivity = 0.01;

    // A half whose error is so much larger than that of the half that was fitted.
    private const double TooFewInputs = 3;

    // Of a layer of a few weights the coder's header is the most part.
    private const double MostShare = 1.5;

    private readonly Dictionary<string, Tensor> _tensors;
    private readonly List<(NetworkLayer Network, GridLayer Grid)> _layers = [];

    public NetworkQuantizer(OnnxReader model, IReadOnlyList<NetworkLayer> layers, IReadOnlyList<LayerStatistics> statistics)
    {
        _tensors = model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Dictionary<string, LayerStatistics> found = statistics.ToDictionary(layer => layer.Weight, StringComparer.Ordinal);
        foreach (NetworkLayer layer in layers)
        {
            if (!found.TryGetValue(layer.Weight, out LayerStatistics? calibrated))
                continue;
            (Hessian first, Hessian second) Load()
            {
                (Hessian First, Hessian Second) halves = calibrated.LoadHessians();
                return halves.First.Groups == layer.View.Groups && halves.First.Columns == layer.View.Columns
                    ? halves
                    : throw new ModelFormatException($"the statistics of {ModelFormatException.Quote(layer.Weight)} are of another network");
            }
            float[] weights = layer.View.ToMatrix(Floats(layer.Weight));
            _layers.Add((layer, new GridLayer(layer.Weight, weights, layer.View.Rows, layer.View.Columns, layer.RowImportance(),
                calibrated.Sensitivity, Load)
            {
                Coding = new CodingOrder(layer.View.Columns, layer.View.IsTransposed, Period: 0),
                Periods = ContextPeriods.Of(_tensors[layer.Weight].Shape, isExhaustive: true),
            }));
        }
        if (_layers.Count == 0)
            throw new ModelFormatException("the statistics are of none of the network's layers");
        FloorSensitivities();
    }

    /// <summary>The weights that are quantised.</summary>
    public long Weights => _layers.Sum(layer => (long)layer.Grid.Weights.Length);

    /// <summary>The tensors that take part.</summary>
    public IEnumerable<string> Names => _layers.Select(layer => layer.Network.Weight)
        .Concat(_layers.Select(layer => layer.Network.Bias).OfType<string>());

    /// <summary>Chooses each layer's damping.</summary>
    /// <returns>How many of how many weights are in layers that have too few inputs to tell.</returns>
    public long ChooseDamping(double lambda, Action<string, long> report)
    {
        long unsure = 0;
        Parallel.ForEach(_layers, layer =>
        {
            report(layer.Grid.Name, layer.Grid.Weights.Length);
            if (Damping.Choose<AdaptiveRateModel>(layer.Grid, lambda) > TooFewInputs)
                Interlocked.Add(ref unsure, layer.Grid.Weights.Length);
        });
        return unsure;
    }

    /// <summary>
    /// Takes a network as typical: its layers' grids are kept, and the rate model's estimates are scaled by what the coder made
    /// of each.
    /// </summary>
    /// <param name="codedBits">For the name of a weight tensor, its bits in a file.</param>
    public static void Keep(QuantizedNetwork network, Func<string, double> codedBits)
    {
        foreach (QuantizedLayer quantized in network.Layers)
        {
            GridLayer layer = quantized.Layer;
            layer.Choice = quantized.Choice;
            if (quantized.Bits > 0)
                layer.CodedShare = Math.Clamp(layer.CodedShare * codedBits(layer.Name) / quantized.Bits, 1 / MostShare, MostShare);
        }
    }

    public QuantizedNetwork Quantize(double lambda, Action<string, long> report)
    {
        QuantizedLayer[] quantized = new QuantizedLayer[_layers.Count];
        // The largest first, so that no core waits for one that was begun last.
        int[] order = [.. Enumerable.Range(0, _layers.Count).OrderByDescending(i => _layers[i].Grid.Weights.Length * (long)_layers[i].Grid.Columns)];
        Parallel.ForEach(Partitioner.Create(order, loadBalance: true), i =>
        {
            GridLayer layer = _layers[i].Grid;
            report(layer.Name, layer.Weights.Length);
            quantized[i] = LayerQuantizer.Quantize<AdaptiveRateModel>(layer, lambda);
        });

        List<GridTensor> tensors = [];
        double biasBits = 0;
        for (int i = 0; i < quantized.Length; i++)
        {
            NetworkLayer layer = _layers[i].Network;
            QuantizedLayer result = quantized[i];
            Tensor weight = _tensors[layer.Weight];
            byte[] shifts = result.Shifts.AsSpan().ContainsAnyExcept((byte)0) ? result.Shifts : [];
            tensors.Add(new GridTensor(layer.Weight, weight.Type, weight.Shape, layer.View.ToTensor<short>(result.Integers), result.Step,
                layer.View.RowAxis, shifts));
            if (layer.Bias is { } bias)
            {
                GridTensor corrected = Bias(layer, result, bias, lambda);
                biasBits += BiasGrid.Bits(corrected);
                tensors.Add(corrected);
            }
        }
        return new QuantizedNetwork(tensors, quantized, biasBits);
    }

    /// <summary>A price at which the median layer has steps of half its deviation: where to begin a search.</summary>
    public double TypicalLambda()
    {
        const double constant = 0.12;
        const double steps = 0.5;
        double[] prices = [.. _layers.Select(layer =>
        {
            (Hessian first, Hessian second) = layer.Grid.LoadHessians();
            double trace = 0;
            int order = first.Order;
            for (int i = 0; i < first.Columns; i++)
                trace += first.Group(0)[i * order + i] + second.Group(0)[i * order + i];
            double power = VectorKernels.Dot(layer.Grid.Weights, layer.Grid.Weights) / layer.Grid.Weights.Length;
            double curve = trace / first.Columns / Math.Max(first.Images + second.Images, 1) * layer.Grid.RowImportance.Average();
            return constant * layer.Grid.Sensitivity * curve * steps * steps * power;
        }).Where(price => price > 0).Order()];
        return prices.Length > 0 ? prices[prices.Length / 2] : 1;
    }

    private GridTensor Bias(NetworkLayer layer, QuantizedLayer result, string name, double lambda)
    {
        const double constant = 0.06;
        float[] values = Floats(name).ToArray();
        double curve = 0;
        (Hessian first, Hessian second) = result.Layer.LoadHessians();
        for (int group = 0; group < first.Groups; group++)
            curve += (first.Group(group)[^1] + second.Group(group)[^1]) / first.Groups / Math.Max(first.Images + second.Images, 1);
        for (int row = 0; row < values.Length; row++)
            values[row] += result.BiasChanges[row] * (layer.BiasIsBehindNorm ? layer.RowScales![row] : 1);
        double importance = layer.BiasIsBehindNorm ? 1 : result.Layer.RowImportance.Average();
        return BiasGrid.Of(name, _tensors[name].Shape, values, Math.Sqrt(lambda / (constant * curve * result.Layer.Sensitivity * importance)));
    }

    private void FloorSensitivities()
    {
        double[] costs = new double[_layers.Count];
        double[] powers = new double[_layers.Count];
        for (int i = 0; i < costs.Length; i++)
        {
            GridLayer layer = _layers[i].Grid;
            (Hessian first, Hessian second) = layer.LoadHessians();
            Curvature curvature = new(Hessian.Sum(first, second), 0);
            float[] row = new float[layer.Columns + 1];
            for (int r = 0; r < layer.Rows; r++)
            {
                layer.Row(r).CopyTo(row);
                powers[i] += layer.RowImportance[r] * curvature.Quadratic(layer.GroupOf(r, curvature.Groups), row);
            }
            costs[i] = layer.Sensitivity * powers[i];
        }
        double median = costs.Order().ElementAt(costs.Length / 2);
        for (int i = 0; i < costs.Length; i++)
        {
            double least = powers[i] > 0 ? LeastSensitivity * median / powers[i] : 0;
            double sensitivity = Math.Max(_layers[i].Grid.Sensitivity, least);
            _layers[i] = (_layers[i].Network, _layers[i].Grid with { Sensitivity = sensitivity > 0 ? sensitivity : 1 });
        }
    }

    private ReadOnlySpan<float> Floats(string name) => MemoryMarshal.Cast<byte, float>(_tensors[name].Data.Span);
}
