using System.CommandLine;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless verify</c>: whether a .wls file is undamaged, and how it differs from its model.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = Arguments.WlsFile();
        Argument<string> model = Arguments.Model();
        model.Arity = ArgumentArity.ZeroOrOne;
        model.Description = "The model that it was encoded from, to compare all weights with.";
        Command command = new("verify", "Checks all checksums of a .wls file and, if a model is given, every weight: "
            + "what differs must come from pruning, which makes the smallest ones zero, from clustering, which makes "
            + "neighbouring values their mean, or be a filter's false positive.")
        {
            file, model,
        };
        command.SetAction(parsed =>
        {
            Run(parsed.GetRequiredValue(file), parsed.GetValue(model), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Run(string path, string? model, Terminal terminal)
    {
        using WlsFile file = FileErrors.Naming(path, () => WlsFile.Open(path));
        terminal.Watch(_ =>
        {
            FileErrors.Naming(path, file.Verify);
            return true;
        });
        terminal.Output.WriteLine($"{Terminal.Printable(path)}: all checksums are right");
        if (model is null)
            return;

        using ModelFile source = FileErrors.Naming(model, () => ModelFile.Open(model));
        List<(WlsTensor Tensor, Tensor Source)> pairs = FileErrors.Naming(path, () => Pair(file, source));
        List<(WlsTensor Tensor, Difference Difference)> differences = terminal.Watch(progress =>
        {
            progress.Expect(pairs.Sum(pair => pair.Tensor.DenseBytes));
            return pairs.ConvertAll(pair => (pair.Tensor, Compare(pair.Tensor, pair.Source, path, model, progress)));
        });
        terminal.Write(Tabulate(differences));
        foreach ((WlsTensor tensor, Difference difference) in differences)
        {
            if (difference.IsFault)
            {
                throw new CommandException($"{path}: tensor {ModelFormatException.Quote(tensor.Name)} differs from that "
                    + $"of {model} in {difference.Different} of {difference.Count} elements and should not");
            }
        }
    }

    /// <summary>Each tensor of the file with that of the model; the two must have the same ones.</summary>
    private static List<(WlsTensor Tensor, Tensor Source)> Pair(WlsFile file, ModelFile model)
    {
        Dictionary<string, Tensor> sources = model.Tensors.ToDictionary(tensor => tensor.Name);
        List<(WlsTensor, Tensor)> pairs = [];
        foreach (WlsTensor tensor in file.Tensors)
        {
            string name = ModelFormatException.Quote(tensor.Name);
            if (!sources.Remove(tensor.Name, out Tensor? source))
                throw new ModelFormatException($"tensor {name} is not in the model");
            if (!tensor.Shape.SequenceEqual(source.Shape) || tensor.Type != source.Type)
            {
                throw new ModelFormatException($"tensor {name} is {Names.Of(tensor.Shape)} {Names.Of(tensor.Type)}, "
                    + $"in the model {Names.Of(source.Shape)} {Names.Of(source.Type)}");
            }
            pairs.Add((tensor, source));
        }
        if (sources.Count > 0)
            throw new ModelFormatException($"tensor {ModelFormatException.Quote(sources.Keys.First())} of the model is missing");
        return pairs;
    }

    private static Difference Compare(WlsTensor tensor, Tensor source, string path, string model, Progress progress)
    {
        progress.Begin($"comparing {tensor.Name}", tensor.DenseBytes);
        ReadOnlyMemory<byte> expected = FileErrors.Naming(model, () => source.Data);
        Difference difference = new(tensor, source);
        FileErrors.Naming(path, () => tensor.ForEachBand(tensor.Type, (row, elements) =>
        {
            int offset = (int)(row * tensor.Columns * ElementTypes.Size(tensor.Type));
            difference.Add(expected.Span.Slice(offset, elements.Length), elements);
            progress.Advance(elements.Length);
        }));
        return difference;
    }

    private static TextTable Tabulate(List<(WlsTensor Tensor, Difference Difference)> differences)
    {
        TextTable table = new("tensor", "method", "coder", ">elements", ">equal", ">pruned", ">changed", ">false positives",
            ">largest difference", "verdict");
        foreach ((WlsTensor tensor, Difference difference) in differences)
        {
            table.Add(tensor.Name, Names.Of(tensor.Method), Names.Of(tensor.Coder), $"{difference.Count}",
                $"{difference.Count - difference.Different}", $"{difference.Pruned}", $"{difference.Changed}",
                $"{difference.FromZero}", $"{difference.Largest:g6}", difference.Verdict);
        }
        return table;
    }
}
