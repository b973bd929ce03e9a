using System.Text;
using Weightless.Encoder.Cli;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class FileErrorTests
{
    [Theory]
    [InlineData("encode FILE -o OUT.wls")]
    [InlineData("decode FILE -o OUT.npz")]
    [InlineData("inspect FILE")]
    [InlineData("inspect FILE --json")]
    [InlineData("inspect FILE --checksums")]
    [InlineData("verify FILE")]
    [InlineData("compare FILE")]
    public void An_input_that_is_none_is_one_line_with_its_name(string command)
    {
        using TemporaryFolder folder = new();
        (string File, string Cause)[] inputs =
        [
            (folder["missing"], "no such file"),
            (folder["missing/deeper"], "no such file"),
            (folder.Write("empty", []), "the file is empty"),
            (folder.Write("text", Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog.\n")), "not a"),
            (folder["."], "a folder, not a"),
            ("/dev/null", "a pipe or device, not a"),
        ];
        foreach ((string file, string cause) in inputs)
        {
            string[] arguments = [.. command.Split(' ').Select(word =>
                word.Replace("FILE", file, StringComparison.Ordinal).Replace("OUT", folder["out"], StringComparison.Ordinal))];
            string error = CliRun.Failing(1, arguments);
            Assert.StartsWith($"{file}: ", error, StringComparison.Ordinal);
            Assert.Contains(cause, error, StringComparison.Ordinal);
        }
        Assert.Equal(["empty", "text"], folder.Names());
    }

    [Fact]
    public void A_truncated_model_tells_where_it_ends()
    {
        using TemporaryFolder folder = new();
        byte[] whole = File.ReadAllBytes(folder.Write("whole.safetensors", TestModels.Network()));
        for (int length = 1; length < whole.Length; length += 7)
        {
            string file = folder.Write("cut.safetensors", whole[..length]);
            Assert.StartsWith($"{file}: ", CliRun.Failing(1, "encode", file, "-o", folder["out.wls"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_header_that_points_outside_the_file_is_named()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("m.safetensors", ModelBytes.Safetensors(
            """{"w":{"dtype":"F32","shape":[4],"data_offsets":[1000,1016]}}""", dataBytes: 16));
        Assert.Equal($"{file}: tensor 'w' ends at data byte 1016 but the file has 16",
            CliRun.Failing(1, "encode", file, "-o", folder["out.wls"]));
    }

    [Fact]
    public void A_truncated_wls_file_fails_in_every_command()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        byte[] whole = File.ReadAllBytes(folder["m.wls"]);
        for (int length = 1; length < whole.Length; length += 11)
        {
            string file = folder.Write("cut.wls", whole[..length]);
            CliRun.Failing(1, "inspect", file);
            CliRun.Failing(1, "verify", file);
            CliRun.Failing(1, "decode", file, "-o", folder["out.npz"]);
        }
        Assert.False(File.Exists(folder["out.npz"]));
    }

    [Fact]
    public void A_damaged_section_is_not_decoded()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        byte[] damaged = File.ReadAllBytes(folder["m.wls"]);
        damaged[^1] ^= 1;
        string file = folder.Write("m.wls", damaged);
        Assert.Equal($"{file}: a section fails its checksum", CliRun.Failing(1, "verify", file));
        CliRun.Failing(1, "decode", file, "-o", folder["out.npz"]);
        CliRun.Failing(1, "inspect", file, "--checksums");
        Assert.False(File.Exists(folder["out.npz"]));
    }

    [Theory]
    [InlineData("/dev/full", "No space left on device")]
    [InlineData("FOLDER", "the output is a folder")]
    [InlineData("FOLDER/missing/out", "the folder of the output does not exist")]
    [InlineData("FOLDER/m.safetensors/out", "the folder of the output does not exist")]
    public void An_output_that_cannot_be_is_one_line_with_its_name(string output, string cause)
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Network());
        string path = output.Replace("FOLDER", folder["."], StringComparison.Ordinal);
        Assert.Equal($"{path}: {cause}", CliRun.Failing(1, "encode", model, "-o", path));
        Assert.Equal(["m.safetensors"], folder.Names());
    }

    [Fact]
    public void A_full_disk_under_a_decoded_model_is_reported()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        File.CreateSymbolicLink(folder["full.safetensors"], "/dev/full");
        Assert.Equal($"{folder["full.safetensors"]}: No space left on device",
            CliRun.Failing(1, "decode", folder["m.wls"], "-o", folder["full.safetensors"]));
        Assert.Equal($"{folder["full.safetensors"]}: No space left on device",
            CliRun.Failing(1, "synthesize", "600x600", "--density", "0.1", "--clusters", "3", "-o", folder["full.safetensors"]));
    }

    [Fact]
    public void A_decoded_model_needs_a_known_extension()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        string error = CliRun.Failing(1, "decode", folder["m.wls"], "-o", folder["m.bin"]);
        Assert.Contains(".safetensors", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_output_and_error_may_be_full()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", folder["m.wls"]);
        using FileStream device = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using StreamWriter full = new(device) { AutoFlush = true };
        using StringWriter error = new();
        Assert.Equal(1, CommandLine.Run(["inspect", folder["m.wls"]], new Terminal(full, error)));
        Assert.Equal("weightless: standard output: No space left on device\n", error.ToString());

        using StringWriter output = new();
        Assert.Equal(1, CommandLine.Run(["inspect", folder["missing"]], new Terminal(output, full)));
    }

    [Fact]
    public void A_name_cannot_steer_the_terminal()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors",
            new Tensor("\u001b[31mred\n[b]", ElementType.F32, [1, 1], BitConverter.GetBytes(float.NaN)));
        CliRun run = CliRun.Of("encode", model, "-o", folder["m.wls"]);
        Assert.Equal(0, run.Code);
        Assert.DoesNotContain('\u001b', run.Output + run.Error);
        Assert.Contains("?[31mred?[b]", run.Error, StringComparison.Ordinal);
        Assert.Contains("?[31mred?[b]", run.Output, StringComparison.Ordinal);
    }
}
