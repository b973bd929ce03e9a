using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization.Grid;
using Weightless.Encoder.Wls;

namespace Weightless.Encoder.Calibration;

/// <summary>How small a network is to become, or how much its outputs may lose; one of them is given.</summary>
/// <param name="Bytes">Of the file.</param>
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

    // How the logarithms of bytes and of losses go with that of the price, as seen on several networks.
    private const double SlopeOfBytes = -0.3;
    private const double SlopeOfLoss = 0.8;

    // Damping depends on the price, though little: it is chosen once, near where the search will end.
    private const double Near = 0.3;
    private const double Close = 0.01;

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

    /// <param name="encode">The tensors of the file that a network makes.</param>
    /// <exception cref="ModelLimitException">The target cannot be met.</exception>
    public QuantizedNetwork Quantize(QuantizationTarget target, Func<QuantizedNetwork, IReadOnlyList<EncodedTensor>> encode)
    {
        double limit = target.Bytes ?? target.Loss ?? target.Bits!.Value;
        double slope = target.Loss is null ? SlopeOfBytes : SlopeOfLoss;
        int tries = 0;
        QuantizedNetwork At(double lambda)
        {
            _report("choosing integers", Math.Min(tries++, 10), 11);
            return _quantizer.Quantize(lambda, (_, _) => { });
        }

        double start = _quantizer.TypicalLambda();
        (QuantizedNetwork network, double price) = new PriceSearch(slope, Near).Find(start, limit, At, target switch
        {
            { Bytes: not null } => EstimatedBytes,
            { Loss: not null } => LossOf,
            _ => network => network.WeightBits / Weights,
        }) ?? throw Missed();
        Dictionary<string, long> coded = encode(network).ToDictionary(tensor => tensor.Name, tensor => (long)tensor.Section.Length, StringComparer.Ordinal);
        NetworkQuantizer.Keep(network, name => 8.0 * coded[name]);
        HashSet<string> weights = [.. network.Layers.Select(layer => layer.Layer.Name)];
        UnsureWeights = _quantizer.ChooseDamping(price, (_, _) => { });
        return new PriceSearch(slope, Close).Find(price, limit, At, target switch
        {
            { Bytes: not null } => network => WlsWriter.Measure(encode(network)),
            { Loss: not null } => LossOf,
            _ => network => 8.0 * encode(network).Where(tensor => weights.Contains(tensor.Name)).Sum(tensor => (long)tensor.Section.Length) / Weights,
        })?.Network ?? throw Missed();

        double LossOf(QuantizedNetwork network) => Check(network).Loss;
        static ModelLimitException Missed() => new("no integers bring the network to what was asked for");
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

    /// <summary>The model's tensors, with the new values where there are any, in its order.</summary>
    /// <param name="prepare">Makes ready the others.</param>
    public IEnumerable<PreparedTensor> Tensors(QuantizedNetwork network, Func<Tensor, PreparedTensor> prepare)
    {
        Dictionary<string, GridTensor> grids = network.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return _model.Tensors.Select(tensor => grids.TryGetValue(tensor.Name, out GridTensor? grid) ? PreparedTensor.Of(grid) : prepare(tensor));
    }

    /// <summary>What a file takes, as far as the rate model tells, with the other tensors as they are.</summary>
    private double EstimatedBytes(QuantizedNetwork network)
    {
        HashSet<string> changed = [.. network.Tensors.Select(tensor => tensor.Name)];
        return network.Bits / 8 + _model.Tensors.Where(tensor => !changed.Contains(tensor.Name)).Sum(tensor => (long)tensor.ByteLength);
    }
}
