using System.Diagnostics;
using System.Formats.Tar;
using System.Text.Json;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;
using Weightless.Tests.Models;
using Xunit.Abstractions;

namespace Weightless.Tests.Cli;

/// <summary>What a file announces must cost no more to look at than what it has.</summary>
public class InspectTests(ITestOutputHelper output)
{
    [Fact]
    public void A_filter_of_too_many_weights_for_its_bytes_is_not_decoded()
    {
        using TemporaryFolder folder = new();
        WlsWriter.Write(folder["m.wls"], [Announced("w", [1 << 20, 1 << 13])]);
        JsonElement tensor = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors")[0];
        Assert.Equal(JsonValueKind.Null, tensor.GetProperty("false_positives").ValueKind);
        Assert.EndsWith(" not counted", CliRun.Succeeding("inspect", folder["m.wls"]).Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Many_filters_together_are_no_more_than_one()
    {
        using TemporaryFolder folder = new();
        WlsWriter.Write(folder["m.wls"], [.. Enumerable.Range(0, 100).Select(i => Announced($"w{i}", [1 << 10, 1 << 10]))]);
        long bytes = new FileInfo(folder["m.wls"]).Length;
        int counted = CliRun.Succeeding("inspect", folder["m.wls"], "--json").Json().GetProperty("tensors").EnumerateArray()
            .Count(tensor => tensor.GetProperty("false_positives").ValueKind == JsonValueKind.Number);
        Assert.InRange(counted, 1, 4 + (256 * bytes >> 20));
    }

    /// <summary>One name as long as a name may be does not make the other lines as long.</summary>
    [Fact]
    public void Text_is_not_much_longer_than_the_names()
    {
        using TemporaryFolder folder = new();
        string longest = new('n', 60_000);
        EncodedTensor[] tensors = [.. Enumerable.Range(0, 2000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Prepend(longest).Select(name => new EncodedTensor(name, ElementType.U8, [0], Method.Stored, Coder.None, ReadOnlyMemory<byte>.Empty))];
        WlsWriter.Write(folder["m.wls"], tensors);
        CliRun run = CliRun.Succeeding("inspect", folder["m.wls"]);
        Assert.Equal(2003, run.Lines.Length);
        Assert.Contains(longest, run.Output, StringComparison.Ordinal);
        Assert.InRange(run.Output.Length, longest.Length, longest.Length + 2003 * 200);
    }

    [Fact]
    public void The_fuzzers_corpus_is_looked_at_quickly()
    {
        using TemporaryFolder folder = new();
        using FileStream archive = File.OpenRead(Path.Combine(SharedData.Repository()!, "tests/fuzz/corpus.tar"));
        using TarReader reader = new(archive);
        TimeSpan longest = TimeSpan.Zero;
        int files = 0;
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null)
                continue;
            entry.ExtractToFile(folder["m.wls"], overwrite: true);
            long started = Stopwatch.GetTimestamp();
            CliRun run = CliRun.Of("inspect", folder["m.wls"]);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            Assert.InRange(run.Code, 0, 1);
            Assert.InRange(run.Output.Length + run.Error.Length, 1, 1000 + 300 * entry.Length);
            longest = took > longest ? took : longest;
            files++;
        }
        Assert.True(files > 0);
        output.WriteLine($"figure inspect on {files} files of the fuzzers' corpus: {longest.TotalMilliseconds:f0} ms at most");
    }

    /// <summary>A filter of two weights that says to have others.</summary>
    private static EncodedTensor Announced(string name, long[] shape)
    {
        ClusteredTensor layer = new("w", ElementType.F32, [1, 8], [1, 0, 0, 0, 0, 0, 0, 1], [BitConverter.SingleToUInt32Bits(1)]);
        return new EncodedTensor(name, ElementType.F32, shape, Method.Bloomier, Coder.None, Encoded.By(layer, Method.Bloomier, Coder.None).Section);
    }
}
