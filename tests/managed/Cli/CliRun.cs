using System.Text.Json;
using Weightless.Encoder.Cli;

namespace Weightless.Tests.Cli;

/// <summary>What a run of the command line left: its exit code and all it wrote.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a command in this process, with pipes in place of a terminal.</summary>
    public static CliRun Of(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = CommandLine.Run(arguments, new Terminal(output, error));
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that has to succeed, and to say nothing on standard error.</summary>
    public static CliRun Succeeding(params string[] arguments)
    {
        CliRun run = Of(arguments);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Code);
        return run;
    }

    /// <summary>Runs a command that has to fail with one line; returns what follows the name of the program.</summary>
    public static string Failing(int code, params string[] arguments)
    {
        CliRun run = Of(arguments);
        Assert.StartsWith("weightless: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(run.Error.Length - 1, run.Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain("defect", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Equal(code, run.Code);
        return run.Error["weightless: ".Length..^1];
    }

    public JsonElement Json() => JsonDocument.Parse(Output).RootElement;
}
