using System.Text.Json;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class EncodeTests
{
    [Theory]
    [InlineData("stored", "none")]
    [InlineData("dense", "none")]
    [InlineData("dense", "huffman")]
    [InlineData("dense", "arithmetic")]
    [InlineData("csr", "none")]
    [InlineData("csr", "huffman")]
    [InlineData("csr", "arithmetic")]
    [InlineData("csr", "tans")]
    [InlineData("context", "none")]
    [InlineData("auto", "none")]
    public void An_exact_method_gives_the_model_back(string method, string coder)
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Network());
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", method, "--coder", coder);
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.safetensors"]);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(folder["back.safetensors"]));
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.npz"]);
        CliRun.Succeeding("verify", folder["m.wls"], folder["back.npz"]);
        Assert.Equal(["back.npz", "back.safetensors", "m.safetensors", "m.wls"], folder.Names());
    }

    [Fact]
    public void The_method_is_the_smallest_exact_one_unless_told_otherwise_and_says_why()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Network());
        CliRun encode = CliRun.Succeeding("encode", model, "-o", folder["m.wls"]);
        Assert.StartsWith(CliRun.Succeeding("inspect", folder["m.wls"]).Output, encode.Output, StringComparison.Ordinal);
        Assert.Contains(encode.Lines, line => line.StartsWith("fc1.weight: context takes ", StringComparison.Ordinal));

        JsonElement json = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json();
        Assert.Equal(new FileInfo(folder["m.wls"]).Length, json.GetProperty("file_bytes").GetInt64());
        JsonElement tensor = json.GetProperty("tensors")[0];
        Assert.Equal(["name", "shape", "method", "coder", "weights", "nonzeros", "clusters", "cell_bits", "encoded_bytes",
            "dense_bytes", "factor", "false_positives"], tensor.EnumerateObject().Select(property => property.Name));
        Assert.Equal("fc1.weight", tensor.GetProperty("name").GetString());
        Assert.Equal([40, 50], tensor.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt32()));
        Assert.Equal("context", tensor.GetProperty("method").GetString());
        Assert.Equal("none", tensor.GetProperty("coder").GetString());
        Assert.Equal(2000, tensor.GetProperty("weights").GetInt64());
        Assert.Equal(8000, tensor.GetProperty("dense_bytes").GetInt64());
        Assert.Equal(9, tensor.GetProperty("clusters").GetInt32());
        Assert.Equal(8000.0 / tensor.GetProperty("encoded_bytes").GetInt64(), tensor.GetProperty("factor").GetDouble());
    }

    [Fact]
    public void Every_byte_of_the_file_is_a_tensors_or_the_headers()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.safetensors", TestModels.Network()), "-o", folder["m.wls"]);
        JsonElement json = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json();
        long sum = json.GetProperty("tensors").EnumerateArray().Sum(tensor => tensor.GetProperty("encoded_bytes").GetInt64());
        Assert.InRange(json.GetProperty("file_bytes").GetInt64() - sum, 12, 24);
    }

    [Fact]
    public void Text_for_a_pipe_is_plain()
    {
        using TemporaryFolder folder = new();
        CliRun run = CliRun.Succeeding("encode", folder.Write("m.safetensors", TestModels.Network()), "-o", folder["m.wls"]);
        Assert.DoesNotContain(run.Output, symbol => symbol is not ('\n' or (>= ' ' and <= '~')));
        Assert.StartsWith("tensor ", run.Lines[0], StringComparison.Ordinal);
        Assert.Equal(10, run.Lines.Length);
    }

    [Fact]
    public void A_tensor_that_is_not_finite_is_stored_with_a_warning()
    {
        using TemporaryFolder folder = new();
        Tensor[] tensors =
        [
            TestModels.Sparse("good", 20, 20, 5),
            TestModels.Floats("nan", [2, 100], [.. Enumerable.Repeat(0f, 199), float.NaN]),
            TestModels.Floats("infinite", [2, 100], [.. Enumerable.Repeat(0f, 199), float.NegativeInfinity]),
        ];
        string model = folder.Write("m.safetensors", tensors);
        CliRun run = CliRun.Of("encode", model, "-o", folder["m.wls"], "--method", "csr", "--clusters", "4", "--density", "0.5");
        Assert.Equal(0, run.Code);
        string[] warnings = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, warnings.Length);
        Assert.Matches("m.safetensors: tensor 'nan' has a NaN or an infinity", warnings[0]);
        Assert.Matches("m.safetensors: tensor 'infinite' has a NaN or an infinity", warnings[1]);
        JsonElement json = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json();
        Assert.Equal(["csr", "stored", "stored"], json.GetProperty("tensors").EnumerateArray()
            .Select(tensor => tensor.GetProperty("method").GetString()));
        CliRun.Succeeding("verify", folder["m.wls"], model);
    }

    [Fact]
    public void Tensors_of_many_values_are_stored_with_one_hint()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Sparse("a", 100, 100, 5000),
            TestModels.Sparse("b", 90, 100, 5000), TestModels.Floats("bias", [300], [.. Enumerable.Range(1, 300).Select(i => (float)i)]));
        CliRun run = CliRun.Of("encode", model, "-o", folder["m.wls"]);
        Assert.Equal(0, run.Code);
        Assert.Matches("^weightless: .*: 2 tensors have more than 255 distinct values", run.Error);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--clusters", "16");
    }

    [Fact]
    public void A_glob_chooses_tensors_and_one_that_matches_none_is_an_error()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Network());
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", "csr", "--tensor", "fc1.*");
        JsonElement json = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json();
        Assert.Equal(["csr", "csr", "stored", "stored"], json.GetProperty("tensors").EnumerateArray()
            .Select(tensor => tensor.GetProperty("method").GetString()));

        File.Delete(folder["m.wls"]);
        foreach (string command in new[] { "encode", "compare" })
        {
            string[] arguments = [command, model, "--tensor", "fc*", "--tensor", "conv?.weight", .. Output(command, folder)];
            Assert.Equal($"{model}: no tensor matches 'conv?.weight'", CliRun.Failing(1, arguments));
        }
        Assert.Equal(["m.safetensors"], folder.Names());
    }

    [Fact]
    public void Density_and_clusters_are_met()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Sparse("w", 100, 100, 5000));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--density", "0.05", "--clusters", "6");
        JsonElement tensor = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors")[0];
        Assert.Equal(500, tensor.GetProperty("nonzeros").GetInt64());
        Assert.Equal(6, tensor.GetProperty("clusters").GetInt32());
    }

    /// <summary>What the options did not reach is one line, and it is not there where they reached all.</summary>
    [Fact]
    public void What_was_left_alone_is_one_line()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors",
            TestModels.Sparse("few", 40, 50, 72),
            TestModels.Floats("bias", [20], [.. Enumerable.Range(1, 20).Select(i => (float)i)]),
            TestModels.Floats("short", [4], 1, 2, 3, 4),
            TestModels.Floats("pruned", [80], [.. Enumerable.Range(1, 80).Select(i => i % 4 == 0 ? (float)i : 0)]),
            new Tensor("int8", ElementType.I8, [4, 10], Enumerable.Range(1, 40).Select(i => (byte)i).ToArray()),
            new Tensor("double", ElementType.F64, [2, 2], new byte[32]),
            new Tensor("index", ElementType.I64, [2], new byte[16]));
        string[] Encode(params string[] options) =>
            [.. CliRun.Succeeding(["encode", model, "-o", folder["m.wls"], .. options]).Lines
                .Where(line => line.StartsWith("Left alone", StringComparison.Ordinal))];

        Assert.Equal(["Left alone by --clusters: 4 tensors (1 one-dimensional, 1 integer, 2 64-bit)"], Encode("--clusters", "9"));
        JsonElement json = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json();
        Assert.Equal([9, 20, 4, 9, 40, 0, 0], json.GetProperty("tensors").EnumerateArray()
            .Select(tensor => tensor.GetProperty("clusters").GetInt32()));
        Assert.Equal(["Left alone by --density: 6 tensors (3 one-dimensional, 1 integer, 2 64-bit)"], Encode("--density", "0.1"));
        Assert.Equal(["Left alone by --density or --clusters: 6 tensors (3 one-dimensional, 1 integer, 2 64-bit)"],
            Encode("--density", "0.1", "--clusters", "9"));
        Assert.Empty(Encode());
        Assert.Empty(Encode("--clusters", "9", "--tensor", "few"));
        // A bias that is named is one tensor among others.
        Assert.Empty(Encode("--clusters", "9", "--tensor", "bias"));
        json = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json();
        Assert.Equal(9, json.GetProperty("tensors")[1].GetProperty("clusters").GetInt32());
    }

    [Fact]
    public void An_8_bit_tensor_is_not_pruned()
    {
        using TemporaryFolder folder = new();
        byte[] data = [.. Enumerable.Range(0, 400).Select(i => (byte)(i % 90))];
        string model = folder.Write("m.npy", new Tensor("m", ElementType.I8, [20, 20], data));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--density", "0.1", "--clusters", "4");
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.npy"]);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(folder["back.npy"]));
    }

    /// <summary>The list is made before the file is written, so it has to be what the file says.</summary>
    [Fact]
    public void The_list_is_that_of_the_file()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", [.. TestModels.Network(), new Tensor("b", ElementType.U8, [3], new byte[3])]);
        foreach (string[] method in Methods.All.ToArray().Select(facts => new[] { "--method", facts.Name }).Append([]))
        {
            string[] list = CliRun.Succeeding(["encode", model, "-o", folder["m.wls"], .. method]).Lines;
            string[] file = CliRun.Succeeding("inspect", folder["m.wls"]).Lines;
            Assert.Equal(file, list[..file.Length]);
        }
    }

    [Fact]
    public void A_filter_takes_cell_bits_and_a_seed()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Sparse("w", 100, 100, 9));
        byte[] Encode(string seed)
        {
            CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", "bloomier", "--coder", "none",
                "--cell-bits", "6", "--room", "1.5", "--seed", seed);
            return File.ReadAllBytes(folder["m.wls"]);
        }
        byte[] first = Encode("1000");
        Assert.Equal(first, Encode("1000"));
        Assert.NotEqual(first, Encode("2000"));
        JsonElement tensor = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors")[0];
        Assert.Equal(6, tensor.GetProperty("cell_bits").GetInt32());
        Assert.True(tensor.GetProperty("false_positives").GetInt64() > 0);
    }

    [Fact]
    public void A_device_as_output_gets_the_file_and_no_list_is_printed()
    {
        using TemporaryFolder folder = new();
        Assert.Equal("", CliRun.Succeeding("encode", folder.Write("m.npz", TestModels.Network()), "-o", "/dev/null").Output);
    }

    [Fact]
    public void Checksums_are_those_of_the_elements()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", TestModels.Floats("scalar", [], 0), TestModels.Network()[0],
            new Tensor("none", ElementType.U8, [0, 3], Array.Empty<byte>()));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", "dense", "--coder", "huffman");
        string[] lines = CliRun.Succeeding("inspect", folder["m.wls"], "--checksums").Lines;
        Assert.Matches("^scalar\tscalar\tf32\t.*\t4d25767f9dce13f5$", lines[0]);
        Assert.StartsWith("fc1.weight\t40x50\tf32\tdense\thuffman\t", lines[1], StringComparison.Ordinal);
        // FNV-1a of nothing is its offset basis.
        Assert.Equal("none\t0x3\tu8\tstored\tnone\tcbf29ce484222325", lines[2]);
    }

    private static string[] Output(string command, TemporaryFolder folder) =>
        command == "encode" ? ["-o", folder["m.wls"]] : [];
}
