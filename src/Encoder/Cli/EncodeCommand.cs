using System.CommandLine;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless encode</c>: a model becomes a .wls file.</summary>
internal static class EncodeCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Arguments.Model();
        Option<string> output = Arguments.Output("The .wls file to write.", "FILE.wls");
        Option<ChosenMethod?> method = Arguments.Method();
        Option<Coder?> coder = Arguments.Coder();
        EncodingArguments encoding = new();
        CalibrationArguments calibration = new();
        Option<double?> room = Arguments.Room();
        Option<double?> maxFalsePositives = Arguments.MaxFalsePositives();
        Command command = new("encode", "Prunes, clusters and encodes a model, and lists what became of each tensor.")
        {
            model, output, method, coder,
        };
        encoding.AddTo(command);
        calibration.AddTo(command);
        command.Add(room);
        command.Add(maxFalsePositives);
        command.SetAction(parsed =>
        {
            EncoderOptions options = encoding.Read(parsed);
            Method? chosen = parsed.GetValue(method)?.Method;
            if (parsed.GetValue(coder) is not (null or Coder.None) && !HasCoders(chosen))
                throw new MisuseException("--coder goes with --method dense, csr or bloomier");
            if (parsed.GetValue(maxFalsePositives) is not null && chosen is not null)
                throw new MisuseException("--max-false-positives goes with --method auto");
            options = options with
            {
                Method = chosen,
                Coder = HasCoders(chosen) ? parsed.GetValue(coder) ?? Coder.Arithmetic : Coder.None,
                Room = parsed.GetValue(room) ?? options.Room,
                MaxFalsePositives = parsed.GetValue(maxFalsePositives),
            };
            Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), options, calibration.Read(parsed), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static bool HasCoders(Method? method) => method is Method.Dense or Method.Csr or Method.Bloomier;

    private static void Run(string model, string output, EncoderOptions options,
        (IReadOnlyList<string> Sources, QuantizationTarget Target)? calibration, Terminal terminal)
    {
        CalibratedEncoding? calibrated = null;
        Notes notes = new(options);
        FileReport? report = terminal.Watch(progress =>
        {
            using ModelFile file = FileErrors.Naming(model, () => ModelFile.Open(model));
            if (calibration is var (sources, target))
            {
                OnnxReader network = CalibrationArguments.RequireOnnx(file, model);
                calibrated = FileErrors.Naming(model, () => CalibratedEncoding.Of(network, sources, target, progress));
            }
            IReadOnlyList<EncodedTensor> tensors =
                FileErrors.Naming(model, () => Encode(calibrated?.Tensors ?? file.Tensors, options, notes, progress));
            FileErrors.Naming(output, () => WlsWriter.Write(output, tensors));
            // What went into a pipe cannot be looked at again.
            return AtomicFile.IsSpecial(output) ? null : FileErrors.Naming(output, () => Describe(output, progress));
        });
        notes.Say(model, terminal);
        if (report is null)
            return;
        report.WriteText(output, terminal);
        notes.WriteChoices(terminal);
        foreach (string line in calibrated?.Lines ?? [])
            terminal.Output.WriteLine(line);
    }

    private static List<EncodedTensor> Encode(IReadOnlyList<Tensor> tensors, EncoderOptions options, Notes notes, Progress progress)
    {
        options.RequireMatches(tensors.Select(tensor => tensor.Name));
        // Clustering, encoding, and decoding to count false positives.
        progress.Expect(3 * tensors.Sum(tensor => tensor.Count));
        List<EncodedTensor> encoded = [];
        foreach (Tensor tensor in tensors)
        {
            progress.Begin($"pruning and clustering {tensor.Name}", tensor.Count);
            PreparedTensor prepared = ModelEncoder.Prepare(tensor, options);
            notes.Add(prepared);
            progress.Begin($"encoding {tensor.Name}", tensor.Count);
            if (options.Method is null)
            {
                MethodChoice choice = MethodChooser.Choose(prepared, options, encoded);
                notes.Add(tensor, choice);
                encoded.Add(choice.Encoded);
            }
            else
            {
                encoded.Add(ModelEncoder.Encode(prepared, options, encoded));
            }
        }
        return encoded;
    }

    private static FileReport Describe(string path, Progress progress)
    {
        using WlsFile file = WlsFile.Open(path);
        return FileReport.Of(file, progress);
    }
}
