using System.CommandLine;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless calibrate</c>: runs a network on inputs and writes what its layers read.</summary>
internal static class CalibrateCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Arguments.Model();
        model.Description = "The network: an .onnx file.";
        Argument<string> inputs = new("INPUTS")
        {
            Description = "What to run it on: an .npz, or a folder of .npy files, of arrays named as the network's inputs, images first. "
                + "NAME.SUFFIX is one of several arrays for an input.",
        };
        Option<string> output = Arguments.Output("The statistics to write.", "STATS.npz");
        Command command = new("calibrate",
            "Runs a network by ONNX Runtime and writes what its layers read, for encode --calibrate. The sums of several runs add.")
        {
            model, inputs, output,
        };
        Option<bool> force = Overwriting.Force();
        command.Add(force);
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(force))
                Overwriting.Refuse(parsed.GetRequiredValue(output), parsed.GetRequiredValue(model), parsed.GetRequiredValue(inputs));
            Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(inputs), parsed.GetRequiredValue(output), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Run(string model, string inputs, string output, Terminal terminal)
    {
        IReadOnlyList<LayerStatistics> layers = terminal.Watch(progress =>
        {
            using ModelFile file = FileErrors.Naming(model, () => ModelFile.Open(model));
            OnnxReader network = CalibrationArguments.RequireOnnx(file, model);
            using CalibrationInputs runs = FileErrors.Naming(inputs, () => CalibrationArguments.OpenInputs(inputs, network));
            IReadOnlyList<LayerStatistics> found = FileErrors.Naming(model,
                () => Calibrator.Run(network, LayerFinder.Find(network), runs.Runs, CalibrationArguments.Report(progress)));
            FileErrors.Naming(output, () => StatisticsFile.Write(output, found));
            return found;
        });
        long weights = layers.Sum(layer => (long)layer.LoadHessians().First.Columns);
        terminal.Output.WriteLine($"{Terminal.Printable(output)}: {layers.Count} layers that read {weights} numbers");
    }
}
