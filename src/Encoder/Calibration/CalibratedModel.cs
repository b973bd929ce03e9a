using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization.Grid;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Calibration;

/// <summary>How small a network is to become, or how much its outputs may lose; one of them is given.</summary>
/// <param name="Bytes">Of all tensors, as the rate model estimates them.</param>
/// <param name="Bits">A weight, on average over the layers that are quantised.</param>
/// <param name="Loss">Of the outputs on inputs that were held out, see <see cref="OutputCheck.Loss"/>.</param>
internal sealed record QuantizationTarget(long? Bytes, double? Bits, double? Loss);

/// <summary>What the outputs lost on inputs that calibration did not see.</summary>
internal sealed record OutputCheck(int Runs, double Agreement, double SignalToNoise)
{
    /// <summary>
    /// The share of largest elements that are no longer the largest, 0..1; of outputs of single numbers the noise's share of
    /// their power.
    /// </summary>
    public double Loss => double.IsNaN(Agreement) ? Math.Pow(10, -SignalToNoise / 10) : 1 - Agreement;
}

/// <summary>A model and what calibration knows of it; quantises it to a target.</summary>
internal sealed class CalibratedModel
{
    // Every so many-th run is held out.
    private const int HeldOutPeriod = 8;

    private readonly OnnxReader _model;
    private readonly NetworkQuantizer _quantizer;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, Tensor>> _heldOut;
    private readonly Action<string, int, int> _report;
    private readonly List<Dictionary<string, NetworkValue>> _before = [];

    private CalibratedModel(OnnxReader model, IReadOnlyList<LayerStatistics> statistics,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> heldOut, Action<string, int, int> report)
    {
        _model = model;
        _heldOut = heldOut;
        _report = report;
        _quantizer = new NetworkQuantizer(model, LayerFinder.Find(model), statistics);
    }

    /// <summary>Whether there are inputs to check the outputs on.</summary>
    public bool CanCheck => _heldOut.Count > 0;

    public long Weights => _quantizer.Weights;

    /// <summary>Weights of layers that the calibration inputs are too few for; known once it is quantised.</summary>
    public long UnsureWeights { get; private set; }

    public static CalibratedModel FromStatistics(OnnxReader model, IReadOnlyList<LayerStatistics> statistics, Action<string, int, int> report) =>
        new(model, statistics, [], report);

    /// <summary>Calibrates on most of the inputs and holds some out.</summary>
    public static CalibratedModel FromInputs(OnnxReader model, CalibrationInputs inputs, Action<string, int, int> report)
    {
        bool IsHeldOut(int run) => run % HeldOutPeriod == HeldOutPeriod - 1 || run == inputs.Runs.Count - 1 && run is > 0 and < HeldOutPeriod - 1;
        var seen = inputs.Runs.Where((_, run) => !IsHeldOut(run)).ToList();
        var heldOut = inputs.Runs.Where((_, run) => IsHeldOut(run)).ToList();
        return new CalibratedModel(model, Calibrator.Run(model, LayerFinder.Find(model), seen, report), heldOut, report);
    }

    /// <exception cref="ModelLimitException">The target cannot be met.</exception>
    public QuantizedNetwork Quantize(QuantizationTarget target)
    {
        double price = _quantizer.TypicalLambda();
        UnsureWeights = _quantizer.ChooseDamping(price, (_, _) => { });
        int tries = 0;
        QuantizedNetwork At(double lambda)
        {
            _report("choosing integers", Math.Min(tries++, 10), 11);
            return _quantizer.Quantize(lambda, (_, _) => { });
        }
        QuantizedNetwork? found = target switch
        {
            { Bytes: { } bytes } => PriceSearch.Find(price, bytes, growsWithPrice: false, At, EstimatedBytes),
            { Loss: { } loss } => PriceSearch.Find(price, loss, growsWithPrice: true, At, network => Check(network).Loss),
            _ => PriceSearch.Find(price, target.Bits!.Value, growsWithPrice: false, At, network => network.WeightBits / Weights),
        };
        return found ?? throw new ModelLimitException("no integers bring the network to what was asked for");
    }

    /// <summary>What all tensors of the model take, as far as the rate model tells.</summary>
    public double EstimatedBytes(QuantizedNetwork network)
    {
        HashSet<string> changed = [.. network.Tensors.Select(tensor => tensor.Name)];
        return (network.WeightBits + network.BiasBits) / 8
            + _model.Tensors.Where(tensor => !changed.Contains(tensor.Name)).Sum(tensor => (long)tensor.ByteLength);
    }

    /// <summary>Runs the network before and after on the inputs that were held out.</summary>
    public OutputCheck Check(QuantizedNetwork network)
    {
        if (_before.Count == 0)
        {
            using NetworkSession original = new(_model.Bytes.Span, []);
            _before.AddRange(_heldOut.Select(original.Run));
        }
        using NetworkSession changed = new(network.Patch(_model).Bytes, []);
        OutputDifference difference = new();
        for (int run = 0; run < _heldOut.Count; run++)
        {
            Dictionary<string, NetworkValue> after = changed.Run(_heldOut[run]);
            foreach ((string name, NetworkValue value) in _before[run])
                difference.Add(value, after[name]);
        }
        return new OutputCheck(_heldOut.Count, difference.Agreement, difference.SignalToNoise);
    }

    /// <summary>The model's tensors with the new values.</summary>
    public IReadOnlyList<Tensor> Tensors(QuantizedNetwork network)
    {
        Dictionary<string, GridTensor> grids = network.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return [.. _model.Tensors.Select(tensor => grids.TryGetValue(tensor.Name, out GridTensor? grid)
            ? new Tensor(tensor.Name, ElementType.F32, tensor.Shape, MemoryMarshal.AsBytes(grid.Values().AsSpan()).ToArray())
            : tensor)];
    }
}
