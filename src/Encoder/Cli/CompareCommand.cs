using System.CommandLine;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless compare</c>: every method and coder on every tensor, decoded again and checked.</summary>
internal static class CompareCommand
{
    private static readonly Method[] Methods = [Method.Dense, Method.Csr, Method.Bloomier];
    private static readonly Coder[] Coders = [Coder.None, Coder.Huffman, Coder.Arithmetic];

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
        progress.Expect((1 + Methods.Length * Coders.Length) * model.Tensors.Sum(tensor => tensor.Count));
        List<TensorReport> reports = [];
        List<EncodedTensor> smallest = [];
        foreach (Tensor tensor in model.Tensors)
        {
            progress.Begin($"pruning and clustering {tensor.Name}", tensor.Count);
            PreparedTensor prepared = ModelEncoder.Prepare(tensor, options);
            notes.Add(prepared);
            smallest.Add(Compare(prepared, options, progress, reports));
        }
        return new FileReport(WlsWriter.Measure(smallest), reports);
    }

    /// <summary>Reports on all encodings of a tensor, or on how it is stored if none is smaller.</summary>
    /// <returns>The smallest exact one.</returns>
    private static EncodedTensor Compare(PreparedTensor tensor, EncoderOptions options, Progress progress,
        List<TensorReport> reports)
    {
        EncodedTensor stored = ModelEncoder.Encode(tensor, options with { Method = Method.Stored });
        EncodedTensor smallest = stored;
        List<TensorReport> encodings = [];
        foreach (Method method in tensor.Clustered is null ? [] : Methods)
        {
            foreach (Coder coder in Coders)
            {
                progress.Begin($"{Names.Of(method)} and {Names.Of(coder)} on {tensor.Source.Name}", tensor.Source.Count);
                EncodedTensor encoded = EncodedTensor.Encode(tensor.Clustered!, method, coder,
                    ModelEncoder.CellBits(tensor.Clustered!, options), options.Room, options.Seed);
                encodings.Add(Measure(encoded, tensor.Clustered!));
                if (method != Method.Bloomier && encoded.Bytes < smallest.Bytes)
                    smallest = encoded;
            }
        }
        if (encodings.Any(encoding => encoding.EncodedBytes < stored.Bytes))
            reports.AddRange(encodings);
        else
            reports.Add(Measure(stored, null));
        return smallest;
    }

    /// <summary>Encodes a tensor alone into a file in memory, and looks at what comes out of it.</summary>
    private static TensorReport Measure(EncodedTensor encoded, ClusteredTensor? expected)
    {
        using MemoryStream stream = new(checked((int)WlsWriter.Measure([encoded])));
        WlsWriter.Write(stream, [encoded]);
        using WlsFile file = WlsFile.Open(stream.GetBuffer().AsMemory(0, (int)stream.Length));
        WlsTensor tensor = file.Tensors[0];
        return TensorReport.Of(tensor, expected is null ? 0 : CountFalsePositives(tensor, expected));
    }

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
                    throw new ModelFormatException($"tensor {ModelFormatException.Quote(tensor.Name)} does not come back from "
                        + $"{Names.Of(tensor.Method)} and {Names.Of(tensor.Coder)}: a defect of this program, please report it");
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
            if (first.Method == "stored")
            {
                terminal.Output.WriteLine($"{title}, stored");
                continue;
            }
            terminal.Output.WriteLine(
                $"{title}, {first.Nonzeros} non-zeros ({(double)first.Nonzeros / first.Weights:p2}), K = {first.Clusters}");
            TextTable table = new("method", ">none", ">huffman", ">arithmetic", ">false positives");
            foreach (TensorReport[] row in tensor.Chunk(Coders.Length))
            {
                bool isFilter = row[0].CellBits > 0;
                table.Add(
                [
                    isFilter ? $"{row[0].Method} t={row[0].CellBits}" : row[0].Method,
                    .. row.Select(encoding => $"{encoding.EncodedBytes} ({FileReport.Factor(encoding.Factor)})"),
                    isFilter ? FalsePositives(row[0]) : "-",
                ]);
            }
            terminal.Write(table);
        }
        long denseBytes = report.Tensors.DistinctBy(tensor => tensor.Name).Sum(tensor => tensor.DenseBytes);
        terminal.Output.WriteLine($"Each tensor by its smallest exact encoding: {report.FileBytes} bytes in place of "
            + $"{denseBytes} ({FileReport.Factor((double)denseBytes / report.FileBytes)})");
    }

    private static string FalsePositives(TensorReport filter)
    {
        long zeros = filter.Weights - filter.Nonzeros;
        return zeros == 0 ? "0" : $"{filter.FalsePositives} ({(double)filter.FalsePositives / zeros:p2} of zeros)";
    }
}
