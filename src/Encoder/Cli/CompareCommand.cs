using System.CommandLine;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless compare</c>: every method and coder on every tensor, decoded again and checked.</summary>
internal static class CompareCommand
{
    private static readonly (Method Method, Coder Coder)[] Systems =
    [
        .. Methods.All.ToArray().Where(facts => facts.CodesIds)
            .SelectMany(facts => facts.Coders.Select(coder => (facts.Method, coder))),
    ];

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Arguments.Model();
        EncodingArguments encoding = new();
        Option<bool> json = Arguments.Json();
        Command command = new("compare", "Encodes every tensor by every method and coder, decodes it again, "
            + "and lists bytes, factors and false positives. Writes no file.")
        {
            model,
        };
        encoding.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            Run(parsed.GetRequiredValue(model), encoding.Read(parsed), parsed.GetValue(json), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Run(string path, EncoderOptions options, bool json, Terminal terminal)
    {
        Notes notes = new(options);
        FileReport report = terminal.Watch(progress =>
        {
            using ModelFile model = FileErrors.Naming(path, () => ModelFile.Open(path));
            return FileErrors.Naming(path, () => Compare(model, options, notes, progress));
        });
        notes.Say(path, terminal);
        if (json)
            report.WriteJson(terminal.Output);
        else
            WriteText(report, terminal);
    }

    private static FileReport Compare(ModelFile model, EncoderOptions options, Notes notes, Progress progress)
    {
        options.RequireMatches(model.Tensors.Select(tensor => tensor.Name));
        progress.Expect((1 + Systems.Length) * model.Tensors.Sum(tensor => tensor.Count));
        List<TensorReport> reports = [];
        List<EncodedTensor> smallest = [];
        foreach (Tensor tensor in model.Tensors)
        {
            progress.Begin($"pruning and clustering {tensor.Name}", tensor.Count);
            PreparedTensor prepared = ModelEncoder.Prepare(tensor, options);
            notes.Add(prepared);
            smallest.Add(Compare(prepared, options, smallest, progress, reports));
        }
        return new FileReport(WlsWriter.Measure(smallest), 0, reports);
    }

    /// <summary>Reports on all encodings of a tensor, or on the one that `encode` takes if none is smaller than its elements.</summary>
    /// <returns>The smallest exact one.</returns>
    private static EncodedTensor Compare(PreparedTensor tensor, EncoderOptions options, List<EncodedTensor> earlier,
        Progress progress, List<TensorReport> reports)
    {
        EncodedTensor stored = ModelEncoder.Encode(tensor, options with { Method = Method.Stored });
        EncodedTensor smallest = stored;
        List<TensorReport> encodings = [];
        foreach ((Method method, Coder coder) in tensor.Clustered is null ? [] : Systems)
        {
            progress.Begin($"{Names.Of(method)} and {Names.Of(coder)} on {tensor.Source.Name}", tensor.Source.Count);
            EncodedTensor encoded = Encoders.Encode(tensor.Clustered!, options with { Method = method, Coder = coder }, earlier);
            encodings.Add(Measure(encoded, earlier, tensor.Clustered!));
            if (Methods.Of(method).IsExact && encoded.ExpectedBytes < smallest.ExpectedBytes)
                smallest = encoded;
        }
        if (encodings.Any(encoding => encoding.EncodedBytes < stored.Bytes))
            reports.AddRange(encodings);
        else
            reports.Add(Measure(smallest, earlier, null));
        return smallest;
    }

    /// <summary>
    /// Encodes a tensor into a file in memory, behind the one that it refers to, if to any, the one that that refers to, and so on,
    /// and looks at what comes out. All others before it are empty: with them the work would grow with the square of the tensors.
    /// </summary>
    private static TensorReport Measure(EncodedTensor encoded, List<EncodedTensor> earlier, ClusteredTensor? expected)
    {
        HashSet<int> kept = [];
        for (int? parent = encoded.Parent; parent is { } number; parent = earlier[number].Parent)
            kept.Add(number);
        IEnumerable<EncodedTensor> before = earlier.Take(encoded.Parent + 1 ?? 0)
            .Select((tensor, number) => kept.Contains(number) ? tensor : Emptied(tensor));
        using WlsFile file = WlsFile.Of([.. before, encoded]);
        WlsTensor tensor = file.Tensors[^1];
        return TensorReport.Of(tensor, expected is null ? 0 : CountFalsePositives(tensor, expected));
    }

    private static EncodedTensor Emptied(EncodedTensor tensor) =>
        new(tensor.Name, ElementType.U8, [0], Method.Stored, Coder.None, ReadOnlyMemory<byte>.Empty);

    /// <summary>Decodes a tensor and checks every id: all have to be right, but for a filter's zeros.</summary>
    private static long CountFalsePositives(WlsTensor tensor, ClusteredTensor expected)
    {
        long falsePositives = 0;
        tensor.ForEachBand(ElementType.Id8, (row, ids) =>
        {
            ReadOnlySpan<byte> right = expected.Ids.AsSpan((int)(row * tensor.Columns), ids.Length);
            if (ids.SequenceEqual(right))
                return;
            for (int i = 0; i < ids.Length; i++)
            {
                if (ids[i] == right[i])
                    continue;
                if (tensor.CellBits == 0 || right[i] != 0)
                {
                    throw new InvalidOperationException($"tensor {ModelFormatException.Quote(tensor.Name)} does not come back from "
                        + $"{Names.Of(tensor.Method)} and {Names.Of(tensor.Coder)}");
                }
                falsePositives++;
            }
        });
        return falsePositives;
    }

    private static void WriteText(FileReport report, Terminal terminal)
    {
        foreach (IGrouping<string, TensorReport> tensor in report.Tensors.GroupBy(encoding => encoding.Name))
        {
            TensorReport first = tensor.First();
            string title = $"{Terminal.Printable(first.Name)}: {Names.Of(first.Shape)}, {first.DenseBytes} bytes";
            if (tensor.Count() == 1)
            {
                string bytes = first.Method == Names.Of(Method.Stored) ? "" : $" {Bytes(first)}";
                terminal.Output.WriteLine($"{title}, {first.Method}{bytes}");
                continue;
            }
            terminal.Output.WriteLine(
                $"{title}, {first.Nonzeros} non-zeros ({(double)first.Nonzeros / first.Weights:p2}), K = {first.Clusters}");
            string[] coders = Methods.CoderNames.ToArray();
            TextTable table = new(["method", .. coders.Select(coder => $">{coder}"), ">false positives"]);
            foreach (IGrouping<string, TensorReport> row in tensor.GroupBy(encoding => encoding.Method))
            {
                bool isFilter = row.First().CellBits > 0;
                table.Add(
                [
                    isFilter ? $"{row.Key} t={row.First().CellBits}" : row.Key,
                    .. coders.Select(coder => Bytes(row.FirstOrDefault(encoding => encoding.Coder == coder))),
                    isFilter ? FalsePositives(row.First()) : "-",
                ]);
            }
            terminal.Write(table);
        }
        long denseBytes = report.Tensors.DistinctBy(tensor => tensor.Name).Sum(tensor => tensor.DenseBytes);
        terminal.Output.WriteLine($"Each tensor by its smallest exact encoding: {report.FileBytes} bytes in place of "
            + $"{denseBytes} ({FileReport.Factor((double)denseBytes / report.FileBytes)})");
    }

    private static string Bytes(TensorReport? encoding) =>
        encoding is null ? "" : $"{encoding.EncodedBytes} ({FileReport.Factor(encoding.Factor)})";

    private static string FalsePositives(TensorReport filter)
    {
        long zeros = filter.Weights - filter.Nonzeros;
        long found = filter.FalsePositives.GetValueOrDefault();
        return zeros == 0 ? "0" : $"{found} ({(double)found / zeros:p2} of zeros)";
    }
}
