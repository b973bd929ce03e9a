using System.Text.Json;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class CompareTests
{
    [Fact]
    public void There_is_one_record_for_each_tensor_method_and_coder()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.npz", TestModels.Network());
        JsonElement json = CliRun.Succeeding("compare", model, "--json").Json();
        string[] systems = [.. json.GetProperty("tensors").EnumerateArray()
            .Select(tensor => $"{tensor.GetProperty("name")} {tensor.GetProperty("method")} {tensor.GetProperty("coder")}")];
        string[] all = [.. from facts in Methods.All.ToArray()
                           where facts.CodesIds
                           from coder in facts.Coders
                           select $"{facts.Name} {Methods.CoderNames[(int)coder]}"];
        Assert.Equal([.. all.Select(system => $"fc1.weight {system}"), "fc1.bias context none",
            .. all.Select(system => $"fc2.weight {system}"), "scale stored none"], systems);
        Assert.Equal(["m.npz"], folder.Names());
    }

    [Fact]
    public void Each_record_is_what_encode_makes_of_the_tensor()
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.npz", TestModels.Sparse("w", 60, 50, 9));
        foreach (JsonElement record in CliRun.Succeeding("compare", model, "--json", "--seed", "5", "--cell-bits", "7").Json()
            .GetProperty("tensors").EnumerateArray())
        {
            CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", record.GetProperty("method").GetString()!,
                "--coder", record.GetProperty("coder").GetString()!, "--seed", "5", "--cell-bits", "7");
            JsonElement encoded = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors")[0];
            Assert.Equal(encoded.GetRawText(), record.GetRawText());
        }
    }

    [Fact]
    public void File_bytes_are_those_of_the_smallest_exact_encodings()
    {
        using TemporaryFolder folder = new();
        Tensor[] tensors = [TestModels.Sparse("w", 60, 50, 9), new Tensor("b", ElementType.I64, [3], new byte[24])];
        string model = folder.Write("m.npz", tensors);
        long smallest = long.MaxValue;
        foreach (MethodFacts facts in Methods.All.ToArray().Where(facts => facts.IsExact))
        {
            foreach (Coder coder in facts.Coders)
            {
                CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", facts.Name,
                    "--coder", Methods.CoderNames[(int)coder]);
                smallest = Math.Min(smallest, new FileInfo(folder["m.wls"]).Length);
            }
        }
        Assert.Equal(smallest, CliRun.Succeeding("compare", model, "--json").Json().GetProperty("file_bytes").GetInt64());
    }

    [Fact]
    public void Text_is_a_table_for_each_tensor()
    {
        using TemporaryFolder folder = new();
        string[] lines = CliRun.Succeeding("compare", folder.Write("m.npz", TestModels.Network())).Lines;
        Assert.StartsWith("fc1.weight: 40x50, 8000 bytes, ", lines[0], StringComparison.Ordinal);
        Assert.Matches($"^method +{string.Join(" +", Methods.CoderNames.ToArray())} +false positives$", lines[1]);
        int methods = Methods.All.ToArray().Count(facts => facts.CodesIds);
        string Row(string method) => lines[2..(2 + methods)].Single(line => line.StartsWith($"{method} ", StringComparison.Ordinal));
        Assert.Matches(@"^dense +\d+ \(\d+\.\dx\) +\d+ \(\d+\.\dx\) +\d+ \(\d+\.\dx\) +-$", Row("dense"));
        Assert.Matches(@"^bloomier t=9 .* \d+ \(\d+\.\d\d % of zeros\)$", Row("bloomier"));
        Assert.Matches(@"^coupled t=9 .* \d+ \(\d+\.\d\d % of zeros\)$", Row("coupled"));
        Assert.Matches(@"^context +\d+ \(\d+\.\dx\) +-$", Row("context"));
        Assert.Matches(@"^fc1\.bias: 4, 16 bytes, context \d+ \(0\.\dx\)$", lines[2 + methods]);
        Assert.Equal("scale: 2, 16 bytes, stored", lines[^2]);
    }

    /// <summary>By what is allocated, which no other load of the machine changes.</summary>
    [Fact]
    public void The_work_grows_with_the_tensors_and_not_with_their_square()
    {
        using TemporaryFolder folder = new();
        long few = Allocated(200);
        Assert.InRange(Allocated(1600), few, 12 * few);

        long Allocated(int tensors)
        {
            string model = folder.Write("m.safetensors",
                [.. Enumerable.Range(0, tensors).Select(i => TestModels.Sparse($"w{i}", 12, 12, 3))]);
            CliRun.Succeeding("compare", folder.Write("warm.npz", TestModels.Sparse("w", 12, 12, 3)));
            long before = GC.GetAllocatedBytesForCurrentThread();
            CliRun.Succeeding("compare", model, "--json");
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>A tensor that refers to the rows of one before it, which refers to one far before, comes back, and takes what it takes in the file.</summary>
    [Fact]
    public void A_reference_to_an_earlier_tensor_is_followed()
    {
        using TemporaryFolder folder = new();
        Tensor first = Dead("first", 200, 100, row => row % 3 == 0, _ => false);
        Tensor middle = Dead("middle", 90, 200, row => row % 4 == 0, column => column % 3 == 0);
        Tensor last = Dead("last", 50, 90, _ => false, column => column % 4 == 0);
        string model = folder.Write("m.safetensors", [first, .. TestModels.Network(), middle, last]);
        JsonElement compared = CliRun.Succeeding("compare", model, "--json").Json();
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"], "--method", "context");
        JsonElement encoded = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors").EnumerateArray().Last();
        JsonElement record = compared.GetProperty("tensors").EnumerateArray()
            .Last(tensor => tensor.GetProperty("method").GetString() == "context");
        Assert.Equal("last", record.GetProperty("name").GetString());
        Assert.Equal(encoded.GetRawText(), record.GetRawText());
        CliRun.Succeeding("encode", folder.Write("alone.safetensors", last), "-o", folder["alone.wls"], "--method", "context");
        Assert.True(record.GetProperty("encoded_bytes").GetInt64() < CliRun.Succeeding("inspect", folder["alone.wls"], "--json").Json()
            .GetProperty("tensors")[0].GetProperty("encoded_bytes").GetInt64());
    }

    private static Tensor Dead(string name, int rows, int columns, Func<int, bool> deadRow, Func<int, bool> deadColumn)
    {
        Random random = new(rows);
        return TestModels.Floats(name, [rows, columns], [.. Enumerable.Range(0, rows * columns)
            .Select(i => deadRow(i / columns) || deadColumn(i % columns) || random.Next(4) > 0 ? 0 : 1f)]);
    }
}
