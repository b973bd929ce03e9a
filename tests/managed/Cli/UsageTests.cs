using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class UsageTests
{
    private static readonly string[] Commands = ["encode", "decode", "inspect", "verify", "compare", "synthesize"];

    [Fact]
    public void Version_is_one_line() =>
        Assert.Matches(@"^weightless \d+\.\d+\.\d+\r?\n$", CliRun.Succeeding("--version").Output);

    [Fact]
    public void Help_lists_all_commands()
    {
        string help = CliRun.Succeeding("--help").Output;
        Assert.All(Commands, command => Assert.Contains($"  {command} ", help, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_command_has_help_that_describes_every_option()
    {
        foreach (string command in Commands)
        {
            CliRun help = CliRun.Succeeding(command, "--help");
            Assert.Contains($"weightless {command}", help.Output, StringComparison.Ordinal);
            Assert.All(help.Lines.Where(line => line.StartsWith("  -", StringComparison.Ordinal)),
                line => Assert.Matches(@"^  -\S.*?  +\S", line));
        }
    }

    [Fact]
    public void Help_needs_nothing_else_to_be_right() => CliRun.Succeeding("encode", "--density", "7", "--help");

    [Theory]
    [InlineData("")]
    [InlineData("frobnicate")]
    [InlineData("encode")]
    [InlineData("encode MODEL")]
    [InlineData("encode MODEL -o")]
    [InlineData("encode MODEL -o FILE more")]
    [InlineData("encode MODEL -o FILE --frobnicate")]
    [InlineData("encode MODEL -o FILE --method frobnicate")]
    [InlineData("encode MODEL -o FILE --coder frobnicate")]
    [InlineData("encode MODEL -o FILE --density 0")]
    [InlineData("encode MODEL -o FILE --density 1.01")]
    [InlineData("encode MODEL -o FILE --density -0.5")]
    [InlineData("encode MODEL -o FILE --density 0,5")]
    [InlineData("encode MODEL -o FILE --density NaN")]
    [InlineData("encode MODEL -o FILE --density 0.1 --density 0.2")]
    [InlineData("encode MODEL -o FILE --clusters 0")]
    [InlineData("encode MODEL -o FILE --clusters 256")]
    [InlineData("encode MODEL -o FILE --clusters 2.5")]
    [InlineData("encode MODEL -o FILE --cell-bits 0")]
    [InlineData("encode MODEL -o FILE --cell-bits 17")]
    [InlineData("encode MODEL -o FILE --cell-bits 99999999999")]
    [InlineData("encode MODEL -o FILE --room 1")]
    [InlineData("encode MODEL -o FILE --room Infinity")]
    [InlineData("encode MODEL -o FILE --seed -1")]
    [InlineData("encode MODEL -o FILE --seed 18446744073709551616")]
    [InlineData("encode MODEL -o FILE --tensor")]
    [InlineData("encode MODEL -o FILE --coder huffman")]
    [InlineData("encode MODEL -o FILE --method context --coder arithmetic")]
    [InlineData("encode MODEL -o FILE --method csr --max-false-positives 0.1")]
    [InlineData("encode MODEL -o FILE --max-false-positives 1")]
    [InlineData("encode MODEL -o FILE --strength 0")]
    [InlineData("encode MODEL -o FILE --codebook f8")]
    [InlineData("decode FILE")]
    [InlineData("inspect")]
    [InlineData("inspect FILE --json --checksums")]
    [InlineData("verify FILE MODEL more")]
    [InlineData("compare MODEL --room 2")]
    [InlineData("compare MODEL --clusters nine")]
    [InlineData("synthesize 10 --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize 10x --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize 0x10 --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize -1x10 --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize 10x10x10 --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize 99999x99999 --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize 9223372036854775807x9223372036854775807 --density 0.1 --clusters 4 -o MODEL")]
    [InlineData("synthesize 10x10 --clusters 4 -o MODEL")]
    [InlineData("synthesize 10x10 --density 0.1 -o MODEL")]
    public void Misuse_is_one_line_and_exit_code_2(string arguments) =>
        Assert.Matches("--help", CliRun.Failing(2, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void An_empty_argument_is_misuse()
    {
        CliRun.Failing(2, "inspect", "");
        CliRun.Failing(2, "encode", "", "-o", "FILE");
        CliRun.Failing(2, "encode", "MODEL", "-o", "");
        CliRun.Failing(2, "encode", "MODEL", "-o", "FILE", "--tensor", "");
    }

    [Fact]
    public void A_coupled_filter_takes_no_coder()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Network());
        CliRun.Failing(2, "encode", model, "-o", folder["m.wls"], "--method", "coupled", "--coder", "huffman");
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", "coupled", "--coder", "none");
        CliRun.Succeeding("encode", model, "-o", folder["n.wls"], "--method", "coupled");
        Assert.Equal(File.ReadAllBytes(folder["m.wls"]), File.ReadAllBytes(folder["n.wls"]));
        CliRun.Succeeding("verify", folder["m.wls"], model);
    }

    [Fact]
    public void An_argument_with_an_at_sign_is_no_response_file()
    {
        string error = CliRun.Failing(1, "inspect", "@nowhere");
        Assert.Equal("@nowhere: no such file", error);
    }
}
