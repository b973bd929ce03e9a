using System.Diagnostics;
using Weightless.Encoder.Cli;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class InterruptionTests
{
    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    [InlineData("HUP", 1)]
    public void A_signal_leaves_no_temporary_file(string signal, int number)
    {
        using TemporaryFolder folder = new();
        // Half a gigabyte: longer than it takes for the signal to arrive.
        using Process writer = Start("dotnet", typeof(CommandLine).Assembly.Location, "synthesize", "12000x12000",
            "--density", "0.1", "--clusters", "4", "-o", folder["m.safetensors"]);
        Stopwatch patience = Stopwatch.StartNew();
        while (folder.Names().Length == 0 && !writer.HasExited && patience.Elapsed < TimeSpan.FromSeconds(30))
            Thread.Sleep(5);
        Assert.StartsWith(".m.safetensors.", Assert.Single(folder.Names()), StringComparison.Ordinal);

        using (Process kill = Start("kill", $"-{signal}", $"{writer.Id}"))
            kill.WaitForExit();
        Assert.True(writer.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Empty(folder.Names());
        Assert.Equal(128 + number, writer.ExitCode);
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
