using System.Diagnostics;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

/// <summary>An output that is the input, under whatever name.</summary>
public class OverwritingTests
{
    [Theory]
    [InlineData("encode", "m.npz")]
    [InlineData("decode", "m.wls")]
    public async Task The_input_is_not_replaced_unless_that_is_forced(string command, string input)
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        byte[] before = File.ReadAllBytes(folder[input]);
        Directory.CreateDirectory(folder["sub"]);
        File.CreateSymbolicLink(folder["symbolic.npz"], input);
        File.CreateSymbolicLink(folder["chain.npz"], "symbolic.npz");
        await Process.Start("ln", [folder[input], folder["hard.npz"]]).WaitForExitAsync();
        (string Input, string Output)[] pairs =
        [
            (input, input), (input, $"sub/../{input}"), (input, "symbolic.npz"), (input, "chain.npz"), (input, "hard.npz"),
            ("symbolic.npz", input), ("hard.npz", "chain.npz"),
        ];
        foreach ((string from, string to) in pairs)
        {
            string error = CliRun.Failing(1, command, folder[from], "-o", folder[to]);
            Assert.Equal($"{folder[to]}: the output is the input '{folder[from]}'; --force replaces it", error);
            Assert.Equal(before, File.ReadAllBytes(folder[input]));
        }

        CliRun.Succeeding(command, folder["symbolic.npz"], "-o", folder["chain.npz"], "--force");
        Assert.NotEqual(before, File.ReadAllBytes(folder[input]));
        Assert.Equal(before, File.ReadAllBytes(folder["hard.npz"]));
        Assert.Equal(["chain.npz", "hard.npz", "m.npz", "m.wls", "sub", "symbolic.npz"], folder.Names());
    }

    [Fact]
    public void Another_file_is_replaced_without_a_word()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.wls", "old"u8.ToArray());
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        folder.Write("back.npz", "old"u8.ToArray());
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.npz"]);
        CliRun.Succeeding("verify", folder["m.wls"], folder["back.npz"]);
    }
}
