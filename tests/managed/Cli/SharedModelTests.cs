using System.Runtime.InteropServices;
using System.Text.Json;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

/// <summary>The public pruned LeNet-300-100 (Guo et al. 2016) by every system of the paper's Tables 1 to 3.</summary>
public class SharedModelTests
{
    private const int Clusters = 9;
    private const int CellBits = 9;

    [SharedModelFact]
    public void Every_system_stays_within_its_bytes()
    {
        JsonElement[] records = Compare();
        Assert.Equal(RandomLayers.Systems.Count, records.Length);
        Assert.InRange(Bytes(records, "dense", "arithmetic"), 1, 9600);
        Assert.InRange(Bytes(records, "csr", "huffman"), 1, 8300);
        Assert.InRange(Bytes(records, "csr", "arithmetic"), 1, 6000);
        Assert.InRange(Bytes(records, "bloomier", "none"), 1, 6250);
        Assert.All(records, record =>
        {
            Assert.Equal(235_200, record.GetProperty("weights").GetInt64());
            Assert.Equal(4351, record.GetProperty("nonzeros").GetInt64());
            Assert.Equal(Clusters, record.GetProperty("clusters").GetInt32());
        });
    }

    [SharedModelFact]
    public void Filters_have_as_many_false_positives_as_they_should()
    {
        foreach (JsonElement record in Compare())
        {
            long falsePositives = record.GetProperty("false_positives").GetInt64();
            if (record.GetProperty("method").GetString() is not ("bloomier" or "coupled"))
            {
                Assert.Equal(0, falsePositives);
                continue;
            }
            Assert.Equal(CellBits, record.GetProperty("cell_bits").GetInt32());
            // The coupled filter has none in dead rows and columns: 63 and 462 are alive.
            bool isCoupled = record.GetProperty("method").GetString() == "coupled";
            double zeros = (isCoupled ? 63 * 462 : record.GetProperty("weights").GetInt64()) - record.GetProperty("nonzeros").GetInt64();
            double probability = Clusters / Math.Pow(2, CellBits);
            double sigma = Math.Sqrt(zeros * probability * (1 - probability));
            Assert.InRange(falsePositives, zeros * probability - 3 * sigma, zeros * probability + 3 * sigma);
        }
    }

    /// <summary>Its layers have 4351, 552 and 49 values, and one bias, most of it zero, 30.</summary>
    [SharedModelFact]
    public void No_tensor_has_more_values_than_clusters()
    {
        using TemporaryFolder folder = new();
        CliRun run = CliRun.Succeeding("encode", SharedModelFactAttribute.Model!, "-o", folder["m.wls"], "--clusters", $"{Clusters}");
        Assert.DoesNotContain("Left alone", run.Output, StringComparison.Ordinal);
        JsonElement[] tensors = [.. CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors").EnumerateArray()];
        Assert.Equal(6, tensors.Length);
        Assert.All(tensors, tensor => Assert.InRange(tensor.GetProperty("clusters").GetInt32(), 0, Clusters));
        using WlsFile file = WlsFile.Open(folder["m.wls"]);
        foreach (WlsTensor tensor in file.Tensors)
        {
            byte[] decoded = tensor.Decode(ElementType.F32);
            Assert.InRange(MemoryMarshal.Cast<byte, float>(decoded).ToArray().Where(value => value != 0).Distinct().Count(), 0, Clusters);
        }
    }

    /// <summary>Decoded, encoded again and verified: the second time there is nothing to cluster, so all must be equal.</summary>
    [SharedModelFact]
    public void It_comes_back_exactly()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", SharedModelFactAttribute.Model!, "-o", folder["a.wls"], "--clusters", "9");
        CliRun.Succeeding("decode", folder["a.wls"], "-o", folder["clustered.safetensors"]);
        CliRun.Succeeding("verify", folder["a.wls"], SharedModelFactAttribute.Model!);
        foreach (string method in new[] { "dense", "csr" })
        {
            foreach (string coder in new[] { "none", "huffman", "arithmetic" })
            {
                CliRun.Succeeding("encode", folder["clustered.safetensors"], "-o", folder["b.wls"], "--method", method,
                    "--coder", coder);
                CliRun.Succeeding("decode", folder["b.wls"], "-o", folder["back.safetensors"]);
                Assert.Equal(File.ReadAllBytes(folder["clustered.safetensors"]), File.ReadAllBytes(folder["back.safetensors"]));
            }
        }
        CliRun.Succeeding("encode", folder["clustered.safetensors"], "-o", folder["b.wls"], "--method", "bloomier");
        CliRun.Succeeding("verify", folder["b.wls"], folder["clustered.safetensors"]);
    }

    [SharedModelTheory]
    [InlineData("ip1.weight", 4650)]
    [InlineData("ip2.weight", 680)]
    public void A_coupled_filter_stays_within_its_bytes(string name, int most)
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", SharedModelFactAttribute.Model!, "-o", folder["m.wls"], "--method", "coupled", "--clusters", "9",
            "--cell-bits", "8", "--tensor", name);
        CliRun.Succeeding("verify", folder["m.wls"], SharedModelFactAttribute.Model!);
        JsonElement record = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors").EnumerateArray()
            .Single(tensor => tensor.GetProperty("name").GetString() == name);
        Assert.Equal("coupled", record.GetProperty("method").GetString());
        Assert.InRange(record.GetProperty("encoded_bytes").GetInt64(), 1, most);
    }

    private static JsonElement[] Compare() =>
    [
        .. CliRun.Succeeding("compare", SharedModelFactAttribute.Model!, "--clusters", $"{Clusters}",
                "--cell-bits", $"{CellBits}", "--json").Json().GetProperty("tensors").EnumerateArray()
            .Where(record => record.GetProperty("name").GetString() == "ip1.weight"),
    ];

    private static long Bytes(JsonElement[] records, string method, string coder) => records
        .Single(record => record.GetProperty("method").GetString() == method && record.GetProperty("coder").GetString() == coder)
        .GetProperty("encoded_bytes").GetInt64();
}
