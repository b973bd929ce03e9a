using System.CommandLine;
using Weightless.Encoder.Wls;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless inspect</c>: what a .wls file holds.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = Arguments.WlsFile();
        Option<bool> json = Arguments.Json();
        Option<bool> checksums = new("--checksums")
        {
            Description = "Print for each tensor, separated by tabs: name, shape, type, method, coder, and the 64-bit FNV-1a of "
                + "its decoded elements, as examples/c/decode.c does.",
        };
        Command command = new("inspect", "Lists the tensors of a .wls file. A filter is decoded to count its false positives, unless it has "
            + "more weights than a file of this size can be meant for.")
        { file, json, checksums };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(checksums))
                result.AddError("--json and --checksums exclude each other");
        });
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            if (parsed.GetValue(checksums))
                PrintChecksums(path, terminal);
            else
                Print(path, parsed.GetValue(json), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Print(string path, bool json, Terminal terminal)
    {
        FileReport report = terminal.Watch(progress => FileErrors.Naming(path, () =>
        {
            using WlsFile file = WlsFile.Open(path);
            progress.Expect(file.Tensors.Sum(tensor => tensor.Weights));
            return FileReport.Of(file, isOurs: false, progress);
        }));
        if (json)
            report.WriteJson(terminal.Output);
        else
            report.WriteText(path, terminal);
    }

    private static void PrintChecksums(string path, Terminal terminal)
    {
        List<string> lines = terminal.Watch(progress => FileErrors.Naming(path, () =>
        {
            using WlsFile file = WlsFile.Open(path);
            file.Verify();
            progress.Expect(file.Tensors.Sum(tensor => tensor.DenseBytes));
            return file.Tensors.Select(tensor => Line(tensor, progress)).ToList();
        }));
        foreach (string line in lines)
            terminal.Output.WriteLine(line);
    }

    private static string Line(WlsTensor tensor, Progress progress)
    {
        progress.Begin($"decoding {tensor.Name}", tensor.DenseBytes);
        ulong hash = 0xcbf29ce484222325;
        tensor.ForEachBand(tensor.Type, (_, elements) =>
        {
            foreach (byte value in elements)
                hash = (hash ^ value) * 0x100000001b3;
            progress.Advance(elements.Length);
        });
        return string.Join('\t', tensor.Name, Names.Of(tensor.Shape), Names.Of(tensor.Type), Names.Of(tensor.Method),
            Names.Of(tensor.Coder), $"{hash:x16}");
    }
}
