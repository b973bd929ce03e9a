using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Weightless.Encoder.Models;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

/// <summary>Models that somebody made to do harm: one line that names the file and the cause, and little memory.</summary>
public class HostileModelTests
{
    private const long MostAllocated = 64 << 20;

    // Offsets in an entry of a zip's central directory.
    private const int CompressedField = 20;
    private const int SizeField = 24;

    private static readonly byte[] Array = ModelBytes.Npy("<f4", "(2, 3)", 24);

    /// <summary>What a model is called, its bytes, and what of the line has to be there.</summary>
    private static IEnumerable<(string Name, byte[] File, string Cause)> Models()
    {
        yield return ("header of 2^63 bytes", [.. BitConverter.GetBytes(1ul << 63), (byte)'{', (byte)'}'], "9223372036854775808 bytes");
        yield return ("header of 2^64 - 1 bytes", [.. BitConverter.GetBytes(ulong.MaxValue), (byte)'{', (byte)'}'], "18446744073709551615 bytes");
        yield return ("a million levels", ModelBytes.Safetensors("{\"a\":" + new string('[', 1_000_000)), "not an object");
        yield return ("a million levels of metadata", ModelBytes.Safetensors("{\"__metadata__\":" + new string('[', 1_000_000)), "not valid JSON");
        yield return ("a header that is one name", ModelBytes.Safetensors($"{{\"{new string('n', 8_000_000)}\":"), "longer than 65535 bytes");
        yield return ("a header that is one number", ModelBytes.Safetensors(
            $$"""{"a":{"dtype":"U8","shape":[{{new string('9', 8_000_000)}}],"data_offsets":[0,0] } }"""), "whole numbers");
        yield return ("a dimension of 2^63", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,0]}}"""), "whole numbers");
        yield return ("a negative dimension", ModelBytes.Safetensors("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}"""), "whole numbers");
        yield return ("offsets of 2^63 - 1", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}""", 1), "but the file has 1");
        yield return ("offsets of 2^64", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551617]}}""", 1), "whole numbers");
        yield return ("overlapping tensors", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3), "overlaps");
        yield return ("a gap", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3), "hole");
        yield return ("one name twice", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2), "two entries");
        yield return ("an empty tensor larger than the format", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[0,4611686018427387904],"data_offsets":[0,0]}}"""), "tensor 'a'");
        yield return ("nine dimensions", ModelBytes.Safetensors(
            """{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", 1), "9 dimensions");

        yield return ("npy: a negative dimension", ModelBytes.Npy("<f4", "(-2, 3)", 24), "not the dictionary");
        yield return ("npy: a dimension of 2^63", ModelBytes.Npy("<f4", "(9223372036854775808,)", 24), "overflows");
        yield return ("npy: big-endian", ModelBytes.Npy(">f4", "(2, 3)", 24), "big-endian");
        yield return ("npy: objects", ModelBytes.Npy("|O", "(2, 3)", 24), "Python objects");
        yield return ("npy: Fortran order, truncated", ModelBytes.Npy("<f4", "(2, 3)", 23, fortranOrder: true), "asks for 24 bytes");
        yield return ("npy: a byte behind", ModelBytes.Npy("<f4", "(2, 3)", 25), "asks for 24 bytes");
        yield return ("npy: a header of 4 GB", [.. Array[..6], 2, 0, 0xff, 0xff, 0xff, 0xff, .. new byte[90]], "at most 65535");
        yield return ("npy: an expression", ModelBytes.Npy("__import__('os').system('true')", 24), "not the dictionary");

        yield return ("npz: one name twice", ModelBytes.Zip(("a.npy", Array), ("a.npy", Array)), "two entries named 'a.npy'");
        yield return ("npz: a bomb", ModelBytes.Zip(("a.npy", [.. Array, .. new byte[50_000_000]])), "asks for 24 bytes");
        yield return ("npz: a size of 4 GB", Patched(SizeField, uint.MaxValue - 1), "cannot inflate");
        yield return ("npz: a compressed size of 4 GB", Patched(CompressedField, uint.MaxValue - 1), "larger than the file");
        yield return ("npz: a wrong checksum", Patched(16, 12345), "'a.npy' is damaged");
        yield return ("npz: a byte before", [0, .. ModelBytes.Zip(("a.npy", Array))], "not an ONNX, TFLite, safetensors, npz or npy file");
        yield return ("npz: a folder", ModelBytes.Zip(("a/", [])), "'a/' is not a .npy");
        yield return ("npz: not closed", ModelBytes.Zip(("a.npy", Array))[..^30], "truncated or damaged");
    }

    [Fact]
    public void A_hostile_model_is_one_line_and_takes_little_memory()
    {
        using TemporaryFolder folder = new();
        foreach ((string name, byte[] file, string cause) in Models())
        {
            string model = folder.Write("model", file);
            foreach (string[] command in new string[][] { ["encode", model, "-o", folder["out.wls"]], ["compare", model] })
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                string line = CliRun.Failing(1, command);
                Assert.StartsWith($"{model}: ", line, StringComparison.Ordinal);
                Assert.True(line.Contains(cause, StringComparison.Ordinal), $"{name}: {line}");
                Assert.InRange(line.Length, 1, model.Length + 400);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
            }
        }
        Assert.Equal(["model"], folder.Names());
    }

    /// <summary>Opening a pipe would wait for its writer.</summary>
    [Theory]
    [InlineData("encode FILE -o OUT")]
    [InlineData("compare FILE")]
    [InlineData("inspect FILE")]
    [InlineData("verify FILE")]
    [InlineData("decode FILE -o OUT")]
    public async Task What_is_no_file_is_one_line(string command)
    {
        using TemporaryFolder folder = new();
        await Process.Start("mkfifo", [folder["pipe"]]).WaitForExitAsync();
        Directory.CreateDirectory(folder["folder"]);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        File.CreateSymbolicLink(folder["to pipe"], "pipe");
        File.CreateSymbolicLink(folder["to nowhere"], "nowhere");
        File.CreateSymbolicLink(folder["to itself"], "to itself");
        (string Path, string Cause)[] inputs =
        [
            (folder["pipe"], "a pipe or device, not a"),
            (folder["to pipe"], "a pipe or device, not a"),
            (folder["socket"], "a pipe or device, not a"),
            ("/dev/zero", "a pipe or device, not a"),
            (folder["folder"], "a folder, not a"),
            (folder["to nowhere"], "no such file"),
            (folder["to itself"], "Too many levels of symbolic links"),
            (folder[new string('n', 300)], "too long"),
            (folder.Write("empty", []), "the file is empty"),
            (folder.Write("a byte", [1]), "not a"),
        ];
        foreach ((string path, string cause) in inputs)
        {
            string[] arguments = [.. command.Split(' ').Select(word => word switch { "FILE" => path, "OUT" => folder["out.npz"], _ => word })];
            string line = await Task.Run(() => CliRun.Failing(1, arguments)).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.StartsWith($"{path}: ", line, StringComparison.Ordinal);
            Assert.Contains(cause, line, StringComparison.Ordinal);
        }
    }

    /// <summary>A name is a name and no path: nothing appears beside what was to be written.</summary>
    [Theory]
    [InlineData("../../escaped")]
    [InlineData("/escaped")]
    [InlineData("a\0b")]
    [InlineData("..")]
    [InlineData("C:\\escaped")]
    [InlineData("a/../../b")]
    [InlineData(" ")]
    [InlineData("")]
    public void A_name_like_a_path_is_only_a_name(string name)
    {
        using TemporaryFolder folder = new();
        Tensor tensor = TestModels.Floats(name, [2, 2], 1, 0, 0, 2);
        foreach (string model in new[] { "m.safetensors", "m.npz" })
        {
            CliRun.Succeeding("encode", folder.Write(model, tensor), "-o", folder["m.wls"]);
            CliRun.Succeeding("verify", folder["m.wls"], folder[model]);
            CliRun.Succeeding("decode", folder["m.wls"], "-o", folder["decoded.safetensors"]);
            using ModelFile decoded = ModelFile.Open(folder["decoded.safetensors"]);
            Assert.Equal(name, Assert.Single(decoded.Tensors).Name);
        }
        Assert.Equal(["decoded.safetensors", "m.npz", "m.safetensors", "m.wls"], folder.Names());
    }

    [Fact]
    public void Many_tensors_are_many_tensors()
    {
        const int count = 20_000;
        StringBuilder header = new("{");
        for (int i = 0; i < count; i++)
            header.Append(CultureInfo.InvariantCulture, $$"""
                {{(i > 0 ? "," : "")}}"{{i}}":{"dtype":"U8","shape":[1],"data_offsets":[{{i}},{{i + 1}}] }
                """);
        using TemporaryFolder folder = new();
        string model = folder.Write("model", ModelBytes.Safetensors(header.Append('}').ToString(), count));
        using ModelFile file = ModelFile.Open(model);
        Assert.Equal(count, file.Tensors.Count);
        Assert.Equal(unchecked((byte)(count - 1)), file.Tensors[^1].Data.Span[0]);
    }

    [Fact]
    public void Sizes_of_64_bits_in_a_zip_are_refused()
    {
        // As streamed zips are: sizes in 64 bits, in an extra field of the directory.
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("a.npy", CompressionLevel.NoCompression).Open();
            entry.Write(Array);
        }
        byte[] plain = stream.ToArray();
        int directory = plain.AsSpan().IndexOf("PK\u0001\u0002"u8), name = directory + 46, end = plain.AsSpan().IndexOf("PK\u0005\u0006"u8);
        byte[] extra = [1, 0, 16, 0, .. BitConverter.GetBytes(long.MaxValue), .. BitConverter.GetBytes(long.MaxValue)];
        byte[] file = [.. plain[..(name + 5)], .. extra, .. plain[(name + 5)..]];
        BitConverter.TryWriteBytes(file.AsSpan(directory + CompressedField), uint.MaxValue);
        BitConverter.TryWriteBytes(file.AsSpan(directory + SizeField), uint.MaxValue);
        BitConverter.TryWriteBytes(file.AsSpan(directory + 30), (ushort)extra.Length);
        BitConverter.TryWriteBytes(file.AsSpan(end + extra.Length + 12), (uint)(end - directory + extra.Length));
        HostileFileTests.AssertFails("larger than the file", file);
        BitConverter.TryWriteBytes(file.AsSpan(name + 5 + 4 + 8), (long)Array.Length);
        HostileFileTests.AssertFails("cannot inflate", file);
        BitConverter.TryWriteBytes(file.AsSpan(name + 5 + 4), -1L);
        HostileFileTests.AssertFails("", file);
    }

    private static byte[] Patched(int field, uint value)
    {
        byte[] file = ModelBytes.Zip(("a.npy", Array));
        BitConverter.TryWriteBytes(file.AsSpan(file.AsSpan().IndexOf("PK\u0001\u0002"u8) + field), value);
        return file;
    }
}
