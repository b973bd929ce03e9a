using System.Diagnostics;
using Weightless.Encoder.Cli;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

/// <summary>A program of its own, started with standard output or error closed: the next file that is opened has its number.</summary>
public class StandardStreamTests
{
    [Theory]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public async Task The_file_is_whole_and_the_exit_code_says_so(string closed)
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.npz", TestModels.Network());
        Assert.Equal(0, await Run(closed, "encode", model, "-o", folder["m.wls"]));
        CliRun.Succeeding("verify", folder["m.wls"], model);
        Assert.Equal(0, await Run(closed, "decode", folder["m.wls"], "-o", folder["back.npz"]));
        CliRun.Succeeding("verify", folder["m.wls"], folder["back.npz"]);
        Assert.Equal(1, await Run(closed, "verify", folder["missing.wls"]));
        Assert.Equal(["back.npz", "m.npz", "m.wls"], folder.Names());
    }

    private static async Task<int> Run(string closed, params string[] arguments)
    {
        string program = Path.ChangeExtension(typeof(CommandLine).Assembly.Location, ".dll");
        using Process process = Process.Start("sh",
            ["-c", $"exec \"$0\" \"$@\" {closed}", Environment.ProcessPath!, program, .. arguments]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
