using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Golden;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

public class DecodeTests
{
    /// <summary>A section whose checksum is right and whose contents are not: the input is named, and no output is left.</summary>
    [Fact]
    public void A_section_made_to_deceive_is_the_inputs_fault()
    {
        using TemporaryFolder folder = new();
        // Two centroids, and ids of two bits that name a third.
        EncodedTensor hostile = new("w", ElementType.U8, [4], Method.Dense, Coder.None, new byte[] { 2, 7, 8, 4, 0xff });
        string file = folder.Write("m.wls", GoldenFiles.Bytes([hostile]));
        CliRun.Succeeding("verify", file);
        foreach (string output in new[] { "out.safetensors", "out.npz", "out.npy" })
            Assert.Equal($"{file}: a section is damaged", CliRun.Failing(1, "decode", file, "-o", folder[output]));
        Assert.Equal($"{file}: a section is damaged", CliRun.Failing(1, "inspect", file, "--checksums"));
        Assert.Equal(["m.wls"], folder.Names());
    }

    [Fact]
    public void Every_element_type_is_named_and_comes_back()
    {
        using TemporaryFolder folder = new();
        ElementType[] types = [.. Enum.GetValues<ElementType>().Where(type => type != ElementType.Id8)];
        Tensor[] tensors = [.. types.Select(type =>
            new Tensor($"t {type}", type, [3], Enumerable.Range(1, 3 * ElementTypes.Size(type)).Select(i => (byte)i).ToArray()))];
        string model = folder.Write("m.safetensors", tensors);
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"]);
        CliRun.Succeeding("verify", folder["m.wls"], model);
        string[][] rows = [.. CliRun.Succeeding("inspect", folder["m.wls"], "--checksums").Lines.Select(line => line.Split('\t'))];
        Assert.Equal(types.Select(type => type.ToString().ToLowerInvariant()), rows.Select(row => row[2]));
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["out.safetensors"]);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(folder["out.safetensors"]));
    }

    /// <summary>Elements of eight bytes have no distance, but they differ.</summary>
    [Theory]
    [InlineData(ElementType.F64)]
    [InlineData(ElementType.I64)]
    [InlineData(ElementType.U16)]
    [InlineData(ElementType.Bool)]
    public void A_stored_tensor_that_differs_is_an_error(ElementType type)
    {
        using TemporaryFolder folder = new();
        byte[] data = new byte[1000 * ElementTypes.Size(type)];
        new Random(1).NextBytes(data);
        CliRun.Succeeding("encode", folder.Write("m.npy", new Tensor("m", type, [1000], data)), "-o", folder["m.wls"]);
        data[^1] ^= 1;
        string other = folder.Write("other.npz", new Tensor("m", type, [1000], data));
        CliRun run = CliRun.Of("verify", folder["m.wls"], other);
        Assert.Equal(1, run.Code);
        Assert.Contains("differs from that of", run.Error, StringComparison.Ordinal);
    }

    /// <summary>What encode takes, decode gives back: an empty tensor has no rows, however long they would be.</summary>
    [Theory]
    [InlineData(0, 1L << 40)]
    [InlineData(1L << 40, 0)]
    [InlineData(0, 0)]
    public void An_empty_tensor_of_any_shape_comes_back(long rows, long columns)
    {
        using TemporaryFolder folder = new();
        string model = folder.Write("m.safetensors", new Tensor("w", ElementType.F32, [rows, columns], ReadOnlyMemory<byte>.Empty));
        CliRun.Succeeding("encode", model, "-o", folder["m.wls"]);
        CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["back.safetensors"]);
        CliRun.Succeeding("verify", folder["m.wls"], model);
        CliRun.Succeeding("inspect", folder["m.wls"], "--checksums");
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(folder["back.safetensors"]));
    }
}
