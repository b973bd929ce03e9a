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
        Option<bool> weightsOnly = new("--weights-only")
        {
            Description = "Leaves out what is not weights of an ONNX or TFLite model: it cannot be rebuilt from the file.",
        };
        command.Add(weightsOnly);
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
            Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), options, calibration.Read(parsed), parsed.GetValue(weightsOnly),
                terminal);
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
        (IReadOnlyList<string> Sources, QuantizationTarget Target)? calibration, bool weightsOnly, Terminal terminal)
    {
        CalibratedEncoding? calibrated = null;
        Notes notes = new(options);
        FileReport? report = terminal.Watch(progress =>
        {
            using ModelFile file = FileErrors.Naming(model, () => ModelFile.Open(model));
            EncodedSkeleton? skeleton = weightsOnly ? null : Skeleton(file, model, progress);
            if (skeleton is not null && calibration is null)
                options = options with { KeepsZeroSigns = options.Density is null && options.Clusters is null };
            IReadOnlyList<EncodedTensor> tensors = FileErrors.Naming(model, () =>
            {
                options.RequireMatches(file.Tensors.Select(tensor => tensor.Name));
                if (calibration is not var (sources, target))
                    return Encode(Prepare(file.Tensors, options, progress), options, notes, progress);
                OnnxReader network = CalibrationArguments.RequireOnnx(file, model);
                calibrated = CalibratedEncoding.Of(network, sources, WithRoomFor(skeleton, target), options, progress);
                notes = calibrated.Notes;
                return calibrated.Tensors;
            });
            FileErrors.Naming(output, () => WlsWriter.Write(output, tensors, skeleton));
            // A list on standard output could end up in the middle of a file there.
            return AtomicFile.IsSpecial(output) ? null : FileReport.Of(tensors, skeleton, progress);
        });
        notes.Say(model, terminal);
        if (report is null)
            return;
        report.WriteText(output, terminal);
        notes.Write(terminal);
        foreach (string line in calibrated?.Lines ?? [])
            terminal.Output.WriteLine(line);
    }

    private static EncodedSkeleton? Skeleton(ModelFile file, string model, Progress progress)
    {
        if (file.Source is not { } source)
            return null;
        progress.Begin("encoding what is not weights", 0);
        return FileErrors.Naming(model, () => EncodedSkeleton.Of(source));
    }

    /// <summary>The same target for a file without that skeleton.</summary>
    private static QuantizationTarget WithRoomFor(EncodedSkeleton? skeleton, QuantizationTarget target) => skeleton is not null && target.Bytes is { } bytes
        ? target with { Bytes = Math.Max(1, bytes - skeleton.Section.Length - skeleton.EntryBytes) }
        : target;

    private static IEnumerable<PreparedTensor> Prepare(IReadOnlyList<Tensor> tensors, EncoderOptions options, Progress progress)
    {
        // Clustering, encoding, and decoding filters to count their false positives.
        progress.Expect(3 * tensors.Sum(tensor => tensor.Count));
        foreach (Tensor tensor in tensors)
        {
            progress.Begin($"pruning and clustering {tensor.Name}", tensor.Count);
            yield return ModelEncoder.Prepare(tensor, options);
        }
    }

    /// <summary>Encodes tensors one after the other, as they come.</summary>
    internal static IReadOnlyList<EncodedTensor> Encode(IEnumerable<PreparedTensor> tensors, EncoderOptions options, Notes notes, Progress progress)
    {
        List<EncodedTensor> encoded = [];
        foreach (PreparedTensor prepared in tensors)
        {
            notes.Add(prepared);
            progress.Begin($"encoding {prepared.Source.Name}", prepared.Source.Count);
            MethodChoice choice = MethodChooser.Choose(prepared, options, encoded);
            notes.Add(prepared.Source, choice);
            encoded.Add(choice.Encoded);
        }
        return encoded;
    }
}
