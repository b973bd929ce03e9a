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
        using FileSystemWatcher watcher = new(folder[""]);
        using ManualResetEventSlim begun = new();
        watcher.Created += (_, _) => begun.Set();
        watcher.EnableRaisingEvents = true;
        // Half a gigabyte: longer than it takes for the signal to arrive. Whoever runs the tests may ignore signals.
        using Process writer = Start("env", "--default-signal", "dotnet", typeof(CommandLine).Assembly.Location, "synthesize",
            "12000x12000", "--density", "0.1", "--clusters", "4", "-o", folder["m.safetensors"]);
        Assert.True(begun.Wait(TimeSpan.FromSeconds(60)));
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
