using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

public class ModelWriterTests
{
    private static readonly byte[] Old = "the old file"u8.ToArray();

    [Fact]
    public void Safetensors_are_written_as_given_with_the_data_aligned()
    {
        using var folder = new TemporaryFolder();
        ModelWriter.Write(folder["m.safetensors"], [U8("b", 1, 2, 3), U8("a", 4)]);
        byte[] file = File.ReadAllBytes(folder["m.safetensors"]);
        int headerBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, headerBytes % 8);
        Assert.Equal(
            """{"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"a":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""",
            Encoding.UTF8.GetString(file, 8, headerBytes).TrimEnd(' '));
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, file[(8 + headerBytes)..]);
    }

    [Theory]
    [InlineData("m.safetensors")]
    [InlineData("m.npz")]
    [InlineData("m.npy")]
    public void The_same_model_gives_the_same_bytes_and_replaces_the_old_file(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, Old);
        ModelWriter.Write(folder[name], [U8("a", 1, 2)]);
        byte[] first = File.ReadAllBytes(folder[name]);
        ModelWriter.Write(folder[name], [U8("a", 1, 2)]);
        Assert.Equal(first, File.ReadAllBytes(folder[name]));
        Assert.Equal([name], folder.Names());
    }

    [Fact]
    public void A_zip_does_not_keep_the_time()
    {
        using var folder = new TemporaryFolder();
        ModelWriter.Write(folder["m.npz"], [U8("a", 1)]);
        using ZipArchive zip = ZipFile.OpenRead(folder["m.npz"]);
        Assert.Equal(new DateTime(1980, 1, 1), Assert.Single(zip.Entries).LastWriteTime.DateTime);
    }

    [Theory]
    [InlineData("m.safetensors")]
    [InlineData("m.npz")]
    [InlineData("m.npy")]
    public void Data_may_come_band_by_band(string name)
    {
        static void WriteBands(Stream stream)
        {
            for (int band = 0; band < 300; band++)
            {
                stream.Write(Enumerable.Repeat((byte)band, 1000).ToArray(), 0, 999);
                stream.WriteByte((byte)band);
            }
        }

        using var folder = new TemporaryFolder();
        ModelWriter.Write(folder[name], [new TensorSource("m", ElementType.U8, [300, 1000], WriteBands)]);
        using ModelFile model = ModelFile.Open(folder[name]);
        ReadOnlySpan<byte> data = model.Tensors[0].Data.Span;
        for (int i = 0; i < 300_000; i++)
            Assert.Equal((byte)(i / 1000), data[i]);
    }

    [Theory]
    [InlineData("m.safetensors", 1)]
    [InlineData("m.safetensors", 3)]
    [InlineData("m.npz", 1)]
    [InlineData("m.npz", 3)]
    [InlineData("m.npy", 1)]
    [InlineData("m.npy", 3)]
    public void A_source_that_writes_the_wrong_number_of_bytes_leaves_the_old_file(string name, int bytes)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, Old);
        var source = new TensorSource("a", ElementType.U8, [2], stream => stream.Write(new byte[bytes]));
        Assert.Throws<InvalidOperationException>(() => ModelWriter.Write(folder[name], [source]));
        Assert.Equal(Old, File.ReadAllBytes(folder[name]));
        Assert.Equal([name], folder.Names());
    }

    [Theory]
    [InlineData("m.safetensors")]
    [InlineData("m.npz")]
    [InlineData("m.npy")]
    public void A_source_that_throws_leaves_the_old_file(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, Old);
        var source = new TensorSource("a", ElementType.U8, [1 << 22], stream =>
        {
            stream.Write(new byte[1 << 21]);
            throw new OperationCanceledException();
        });
        Assert.Throws<OperationCanceledException>(() => ModelWriter.Write(folder[name], [source]));
        Assert.Equal(Old, File.ReadAllBytes(folder[name]));
        Assert.Equal([name], folder.Names());
    }

    [Fact]
    public void A_model_that_the_format_cannot_hold_is_refused()
    {
        var brain = new Tensor("w", ElementType.BF16, [1], new byte[2]);
        Assert.Contains(".safetensors", Refusal("m.npy", brain), StringComparison.Ordinal);
        Assert.Contains(".safetensors", Refusal("m.npz", U8("a", 1), brain), StringComparison.Ordinal);
        Assert.Contains("one tensor, not 2", Refusal("m.npy", U8("a", 1), U8("b", 2)), StringComparison.Ordinal);
        Assert.Contains("one tensor, not 0", Refusal("m.npy"), StringComparison.Ordinal);
        Assert.Contains("__metadata__", Refusal("m.safetensors", U8("__metadata__", 1)), StringComparison.Ordinal);
        Assert.Contains("two tensors are named 'a'", Refusal("m.safetensors", U8("a", 1), U8("a", 2)), StringComparison.Ordinal);
        Assert.Contains("two tensors are named 'a'", Refusal("m.npz", U8("a", 1), U8("a", 2)), StringComparison.Ordinal);
        Assert.Contains("not valid Unicode", Refusal("m.npz", U8("\ud800", 1)), StringComparison.Ordinal);
        Assert.Contains("at most 65531", Refusal("m.npz", U8(new string('n', 65532), 1)), StringComparison.Ordinal);
        Assert.Contains("must end in", Refusal("m.onnx", U8("a", 1)), StringComparison.Ordinal);
        Assert.Contains("must end in", Refusal("m", U8("a", 1)), StringComparison.Ordinal);

        var ids = new TensorSource("w", ElementType.Id8, [1], stream => stream.WriteByte(0));
        Assert.Throws<ModelFormatException>(() => SafetensorsWriter.Write(new MemoryStream(), [ids]));
    }

    [Fact]
    public void A_tensor_whose_data_does_not_fit_its_shape_is_the_callers_error() =>
        Assert.Throws<ArgumentException>(() => new Tensor("a", ElementType.F32, [2], new byte[7]));

    [Theory]
    [InlineData("m.safetensors")]
    [InlineData("m.npz")]
    [InlineData("m.npy")]
    public void A_full_device_is_an_io_error(string name)
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder[name], "/dev/full");
        foreach (int bytes in new[] { 10, 5_000_000 })
            Assert.Throws<IOException>(() => ModelWriter.Write(folder[name], [U8("a", new byte[bytes])]));
        Assert.Equal([name], folder.Names());
    }

    private static string Refusal(string name, params Tensor[] tensors)
    {
        using var folder = new TemporaryFolder();
        Exception refusal = Assert.ThrowsAny<Exception>(() => ModelWriter.Write(folder[name], tensors));
        Assert.True(refusal is ModelException or OutputException, refusal.ToString());
        Assert.Empty(folder.Names());
        return refusal.Message;
    }

    private static Tensor U8(string name, params byte[] data) => new(name, ElementType.U8, [data.Length], data);
}
