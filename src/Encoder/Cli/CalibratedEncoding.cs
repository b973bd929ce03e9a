using System.Globalization;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Wls;

namespace Weightless.Encoder.Cli;

/// <summary>Quantises a network by calibration and encodes it.</summary>
internal sealed class CalibratedEncoding
{
    private readonly CalibratedModel _model;
    private readonly EncoderOptions _options;
    private readonly Progress _progress;
    private QuantizedNetwork? _network;

    private CalibratedEncoding(CalibratedModel model, EncoderOptions options, Progress progress)
    {
        _model = model;
        _options = options;
        _progress = progress;
    }

    /// <summary>The file's tensors.</summary>
    public IReadOnlyList<EncodedTensor> Tensors { get; private set; } = [];

    /// <summary>What is to be said of them.</summary>
    public Notes Notes { get; private set; } = null!;

    /// <summary>What became of the network.</summary>
    public IReadOnlyList<string> Lines { get; private set; } = [];

    public static CalibratedEncoding Of(OnnxReader network, IReadOnlyList<string> sources, QuantizationTarget target, EncoderOptions options,
        Progress progress)
    {
        List<ModelFile> files = [];
        CalibrationInputs? inputs = null;
        try
        {
            CalibratedModel model;
            Action<string, int, int> report = CalibrationArguments.Report(progress);
            if (sources.Count == 1 && !IsStatistics(sources[0]))
            {
                inputs = FileErrors.Naming(sources[0], () => CalibrationArguments.OpenInputs(sources[0], network));
                model = CalibratedModel.FromInputs(network, inputs, report);
            }
            else
            {
                List<IReadOnlyList<LayerStatistics>> runs = [];
                foreach (string source in sources)
                {
                    FileErrors.Naming(source, () =>
                    {
                        files.Add(ModelFile.Open(source));
                        runs.Add(StatisticsFile.Read(files[^1]));
                    });
                }
                model = CalibratedModel.FromStatistics(network, StatisticsFile.Sum(runs), report);
            }
            if (target.Loss is not null && !model.CanCheck)
                throw new CommandException("--max-loss needs inputs to check the outputs on: --calibrate INPUTS with at least two runs of them");
            CalibratedEncoding encoding = new(model, options, progress);
            encoding.Encode(model.Quantize(target, encoding.Encode));
            encoding.Lines = [.. encoding.Describe()];
            return encoding;
        }
        finally
        {
            inputs?.Dispose();
            files.ForEach(file => file.Dispose());
        }
    }

    /// <summary>Encodes a network and keeps the last one: a search ends with the one that it takes, more often than not.</summary>
    private IReadOnlyList<EncodedTensor> Encode(QuantizedNetwork network)
    {
        if (!ReferenceEquals(network, _network))
        {
            Notes = new Notes(_options);
            Tensors = EncodeCommand.Encode(_model.Tensors(network, tensor => ModelEncoder.Prepare(tensor, _options)), _options, Notes, _progress);
            _network = network;
        }
        return Tensors;
    }

    private IEnumerable<string> Describe()
    {
        QuantizedNetwork network = _network!;
        HashSet<string> grids = [.. network.Tensors.Select(tensor => tensor.Name)];
        long file = WlsWriter.Measure(Tensors);
        double predicted = file - Tensors.Where(tensor => grids.Contains(tensor.Name)).Sum(tensor => (long)tensor.Section.Length) + network.Bits / 8;
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{_model.Weights} weights on grids: {network.WeightBits / _model.Weights:0.00} bits a weight; {predicted:0} bytes predicted, {file} encoded ({100 * (file / predicted - 1):+0.0;-0.0} %)");
        if (2 * _model.UnsureWeights > _model.Weights)
            yield return "there are too few calibration inputs: layers with most of the weights err far more on some than on others";
        if (!_model.CanCheck)
            yield break;
        OutputCheck check = _model.Check(network);
        string agreement = double.IsNaN(check.Agreement) ? "" : string.Create(CultureInfo.InvariantCulture, $"{100 * check.Agreement:0.00} % of the largest elements stay, ");
        yield return string.Create(CultureInfo.InvariantCulture,
            $"outputs on {check.Runs} runs that calibration did not see: {agreement}signal to noise {check.SignalToNoise:0.0} dB");
    }

    private static bool IsStatistics(string path) => FileErrors.Naming(path, () =>
    {
        if (FileKinds.Of(path) == FileKind.Folder)
            return false;
        using ModelFile file = ModelFile.Open(path);
        return StatisticsFile.IsOne(file);
    });
}
