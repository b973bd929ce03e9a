using System.CommandLine;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless encode</c>: a model becomes a .wls file.</summary>
internal static class EncodeCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Arguments.Model();
        Option<string> output = Arguments.Output("The .wls file to write.", "FILE.wls");
        Option<Method?> method = Arguments.Method();
        Option<Coder?> coder = Arguments.Coder();
        EncodingArguments encoding = new();
        Option<double?> room = Arguments.Room();
        Command command = new("encode", "Prunes, clusters and encodes a model, and lists what became of each tensor.")
        {
            model, output, method, coder,
        };
        encoding.AddTo(command);
        command.Add(room);
        command.SetAction(parsed =>
        {
            EncoderOptions options = encoding.Read(parsed);
            options = options with
            {
                Method = parsed.GetValue(method) ?? options.Method,
                Coder = parsed.GetValue(coder) ?? options.Coder,
                Room = parsed.GetValue(room) ?? options.Room,
            };
            Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), options, terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Run(string model, string output, EncoderOptions options, Terminal terminal)
    {
        Notes notes = new(options);
        FileReport? report = terminal.Watch(progress =>
        {
            using ModelFile file = FileErrors.Naming(model, () => ModelFile.Open(model));
            IReadOnlyList<EncodedTensor> tensors = FileErrors.Naming(model, () => Encode(file, options, notes, progress));
            FileErrors.Naming(output, () => WlsWriter.Write(output, tensors));
            // What went into a pipe cannot be looked at again.
            return AtomicFile.IsSpecial(output) ? null : FileErrors.Naming(output, () => Describe(output, progress));
        });
        notes.Say(model, terminal);
        report?.WriteText(output, terminal);
    }

    private static List<EncodedTensor> Encode(ModelFile model, EncoderOptions options, Notes notes, Progress progress)
    {
        options.RequireMatches(model.Tensors.Select(tensor => tensor.Name));
        // Clustering, encoding, and decoding to count false positives.
        progress.Expect(3 * model.Tensors.Sum(tensor => tensor.Count));
        List<EncodedTensor> encoded = [];
        foreach (Tensor tensor in model.Tensors)
        {
            progress.Begin($"pruning and clustering {tensor.Name}", tensor.Count);
            PreparedTensor prepared = ModelEncoder.Prepare(tensor, options);
            notes.Add(prepared);
            progress.Begin($"encoding {tensor.Name}", tensor.Count);
            encoded.Add(ModelEncoder.Encode(prepared, options));
        }
        return encoded;
    }

    private static FileReport Describe(string path, Progress progress)
    {
        using WlsFile file = WlsFile.Open(path);
        return FileReport.Of(file, progress);
    }
}
