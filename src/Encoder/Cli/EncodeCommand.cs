using System.CommandLine;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Wls;
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
        Command command = new("encode", "Prunes, clusters and encodes a model, and lists what became of each tensor. "
            + "A tensor may take up to 2 GiB, and so may the file.")

        {
            model, output, method, coder,
        };
        encoding.AddTo(command);
        calibration.AddTo(command);
        command.Add(room);
        command.Add(maxFalsePositives);
        Option<bool> force = Overwriting.Force();
        command.Add(force);
        command.SetAction(parsed =>
        {
            EncoderOptions options = encoding.Read(parsed);
            Method? chosen = parsed.GetValue(method)?.Method;
            if (parsed.GetValue(maxFalsePositives) is not null && chosen is not null)
                throw new MisuseException("--max-false-positives goes with --method auto");
            options = options with
            {
                Method = chosen,
                Coder = CoderOf(chosen, parsed.GetValue(coder)),
                Room = parsed.GetValue(room) ?? options.Room,
                MaxFalsePositives = parsed.GetValue(maxFalsePositives),
            };
            if (!parsed.GetValue(force))
                Overwriting.Refuse(parsed.GetRequiredValue(output), parsed.GetRequiredValue(model));
            Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), options, calibration.Read(parsed), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static Coder CoderOf(Method? method, Coder? asked)
    {
        Coder standard = method is { } known && Methods.Of(known).HasCoders ? Arguments.StandardCoder : Coder.None;
        Coder coder = asked ?? standard;
        // Of what has no choice, "none" is the right name.
        if (coder == Coder.None || method is { } chosen && Methods.Of(chosen).Takes(coder))
            return coder;
        string methods = Arguments.MethodsWithCoders(facts => facts.Takes(coder));
        throw new MisuseException($"--coder {Names.Of(coder)} goes with --method {methods}");
    }

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
            // A list on standard output could end up in the middle of a file there.
            return AtomicFile.IsSpecial(output) ? null : FileReport.Of(tensors, progress);
        });
        notes.Say(model, terminal);
        if (report is null)
            return;
        report.WriteText(output, terminal);
        notes.Write(terminal);
        foreach (string line in calibrated?.Lines ?? [])
            terminal.Output.WriteLine(line);
    }

    private static List<EncodedTensor> Encode(IReadOnlyList<Tensor> tensors, EncoderOptions options, Notes notes, Progress progress)
    {
        options.RequireMatches(tensors.Select(tensor => tensor.Name));
        // Clustering, encoding, and decoding filters to count their false positives.
        progress.Expect(3 * tensors.Sum(tensor => tensor.Count));
        List<EncodedTensor> encoded = [];
        foreach (Tensor tensor in tensors)
        {
            progress.Begin($"pruning and clustering {tensor.Name}", tensor.Count);
            PreparedTensor prepared = ModelEncoder.Prepare(tensor, options);
            notes.Add(prepared);
            progress.Begin($"encoding {tensor.Name}", tensor.Count);
            MethodChoice choice = MethodChooser.Choose(prepared, options, encoded);
            notes.Add(tensor, choice);
            encoded.Add(choice.Encoded);
        }
        return encoded;
    }
}
