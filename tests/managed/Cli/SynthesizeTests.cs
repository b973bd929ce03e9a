using System.IO.Hashing;
using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class SynthesizeTests
{
    [Theory]
    [InlineData("300x700", "0.03", 4, 6300)]
    [InlineData("1x1", "1", 1, 1)]
    [InlineData("1x1", "0.1", 1, 0)]
    [InlineData("1000x1000", "0.5", 255, 500_000)]
    [InlineData("17x31", "1", 9, 527)]
    public void Density_and_clusters_are_exact(string shape, string density, int clusters, int nonzeros)
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("synthesize", shape, "--density", density, "--clusters", $"{clusters}", "--seed", "7",
            "-o", folder["m.npy"]);
        using ModelFile model = ModelFile.Open(folder["m.npy"]);
        ReadOnlySpan<float> weights = MemoryMarshal.Cast<byte, float>(Assert.Single(model.Tensors).Data.Span);
        HashSet<float> values = [];
        int found = 0;
        foreach (float weight in weights)
        {
            if (weight == 0)
                continue;
            found++;
            values.Add(weight);
        }
        Assert.Equal(nonzeros, found);
        Assert.Equal(Math.Min(clusters, nonzeros), values.Count);
    }

    [Fact]
    public void Places_and_values_are_spread_evenly()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("synthesize", "1000x1000", "--density", "0.1", "--clusters", "4", "--seed", "3",
            "-o", folder["m.safetensors"]);
        using ModelFile model = ModelFile.Open(folder["m.safetensors"]);
        Tensor tensor = Assert.Single(model.Tensors);
        Assert.Equal("weight", tensor.Name);
        float[] weights = MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray();
        // Five standard deviations of what a tenth of the rows holds, and of a value's share.
        foreach (float[] part in weights.Chunk(100_000))
            Assert.InRange(part.Count(weight => weight != 0), 10_000 - 500, 10_000 + 500);
        foreach (int count in weights.Where(weight => weight != 0).CountBy(weight => weight).Select(pair => pair.Value))
            Assert.InRange(count, 25_000 - 700, 25_000 + 700);
    }

    [Fact]
    public void A_seed_means_the_same_file_everywhere()
    {
        using TemporaryFolder folder = new();
        ulong Hash(string seed)
        {
            CliRun.Succeeding("synthesize", "600x700", "--density", "0.03", "--clusters", "4", "--seed", seed,
                "-o", folder["m.safetensors"]);
            return XxHash3.HashToUInt64(File.ReadAllBytes(folder["m.safetensors"]));
        }
        Assert.Equal(0x6e203b76f738f003ul, Hash("1"));
        Assert.NotEqual(Hash("1"), Hash("2"));
    }
}
