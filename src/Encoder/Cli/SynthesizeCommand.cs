using System.CommandLine;
using System.Globalization;
using Weightless.Encoder.Models;
using Weightless.Encoder.Synthesis;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless synthesize</c>: a random pruned layer to measure with.</summary>
internal static class SynthesizeCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<(long Rows, long Columns)> shape = new("ROWSxCOLS")
        {
            Description = "The layer's size, as in 4096x1024: two whole numbers above 0, of at most 2 GiB together as f32.",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (TryParse(text, out (long, long) size))
                    return size;
                result.AddError($"'{text}' is not two whole numbers above 0, such as 4096x1024, of at most 2 GiB as f32");
                return default;
            },
        };
        Option<double?> density = Arguments.Density();
        density.Description = "The share of non-zero weights, above 0 and at most 1; there are exactly round(P * ROWS * COLS).";
        density.Required = true;
        Option<int?> clusters = Arguments.Clusters();
        clusters.Description = "How many values they have, each as likely as the next, 1..255.";
        clusters.Required = true;
        Option<ulong?> seed = Arguments.Seed("What the places and values are drawn from");
        Option<string> output = Arguments.Output("The model to write.", "MODEL.safetensors");
        Command command = new("synthesize",
            $"Writes a model of one f32 tensor, '{SyntheticLayer.TensorName}', with random values at random places.")
        {
            shape, density, clusters, seed, output,
        };
        command.SetAction(parsed =>
        {
            (long rows, long columns) = parsed.GetValue(shape);
            Run(rows, columns, parsed.GetValue(density)!.Value, parsed.GetValue(clusters)!.Value, parsed.GetValue(seed) ?? 0,
                parsed.GetRequiredValue(output), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Run(long rows, long columns, double density, int clusters, ulong seed, string output,
        Terminal terminal) =>
        terminal.Watch(progress =>
        {
            progress.Expect(rows * columns);
            progress.Begin("drawing weights", rows * columns);
            TensorSource layer = SyntheticLayer.Create(rows, columns, density, clusters, seed, count => progress.Advance(count));
            FileErrors.Naming(output, () => ModelWriter.Write(output, [layer]));
            return true;
        });

    private static bool TryParse(string text, out (long Rows, long Columns) size)
    {
        size = default;
        string[] parts = text.Split('x');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out size.Rows)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out size.Columns)
            && size is { Rows: > 0, Columns: > 0 }
            && size.Rows <= Array.MaxLength / sizeof(float) / size.Columns;
    }
}
