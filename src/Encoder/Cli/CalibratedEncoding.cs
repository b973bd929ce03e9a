using System.Globalization;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;

namespace Weightless.Encoder.Cli;

/// <summary>Tensors whose values were chosen by calibration, and what to tell the user of it.</summary>
internal sealed record CalibratedEncoding(IReadOnlyList<Tensor> Tensors, IReadOnlyList<string> Lines)
{
    public static CalibratedEncoding Of(OnnxReader network, IReadOnlyList<string> sources, QuantizationTarget target, Progress progress)
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
            QuantizedNetwork quantized = model.Quantize(target);
            return new CalibratedEncoding(model.Tensors(quantized), [.. Describe(model, quantized)]);
        }
        finally
        {
            inputs?.Dispose();
            files.ForEach(file => file.Dispose());
        }
    }

    private static IEnumerable<string> Describe(CalibratedModel model, QuantizedNetwork network)
    {
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{model.Weights} weights on grids: {network.WeightBits / model.Weights:0.00} bits a weight, {model.EstimatedBytes(network):0} bytes of tensors, estimated");
        if (2 * model.UnsureWeights > model.Weights)
            yield return "there are too few calibration inputs: layers with most of the weights err far more on some than on others";
        if (!model.CanCheck)
            yield break;
        OutputCheck check = model.Check(network);
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
