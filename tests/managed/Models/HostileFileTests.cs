using System.Buffers.Binary;
using System.Text;
using Weightless.Encoder.Models;

namespace Weightless.Tests.Models;

/// <summary>Whatever is done to a file, opening it is a model or a <see cref="ModelException"/> of one line.</summary>
public class HostileFileTests
{
    public static TheoryData<string> Formats => ["safetensors", "npy", "npz stored", "npz deflated", "onnx", "tflite"];

    [Fact]
    public void A_file_that_is_no_model_is_said_to_be_none()
    {
        using var folder = new TemporaryFolder();
        const string none = "not an ONNX, TFLite, safetensors, npz or npy file";
        Assert.Equal("the file is empty", Failure(folder.Write("empty", [])));
        Assert.Equal("a pipe or device, " + none, Failure("/dev/null"));
        Assert.Equal(none, Failure(folder.Write("text", Encoding.UTF8.GetBytes("# A model\nIt has layers.\n"))));
        Assert.Equal(none, Failure(folder.Write("short", [1, 2, 3])));
        Assert.Equal(none, Failure(folder.Write("zeros", new byte[100])));
        Assert.Equal(none, Failure(folder.Write("magic", [0x93, (byte)'N', (byte)'U'])));
        Assert.Contains("folder", Failure(folder["."]), StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => ModelFile.Open(folder["missing"]));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_truncation_is_an_error(string format)
    {
        using var folder = new TemporaryFolder();
        byte[] file = ModelBytes.Small(format);
        for (int length = 0; length < file.Length; length++)
            Failure(folder.Write("model", file[..length]));
    }

    [Theory]
    [InlineData("safetensors")]
    [InlineData("npy")]
    public void A_longer_file_is_an_error(string format)
    {
        using var folder = new TemporaryFolder();
        Failure(folder.Write("model", [.. ModelBytes.Small(format), 0]));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_changed_byte_is_an_error_or_a_model(string format)
    {
        using var folder = new TemporaryFolder();
        byte[] file = ModelBytes.Small(format);
        byte[] symbols = "\0\u007f \"'{}[](),:-.09LTF"u8.ToArray();
        for (int i = 0; i < file.Length; i++)
        {
            byte original = file[i];
            IEnumerable<byte> flips = Enumerable.Range(0, 8).Select(bit => (byte)(original ^ (1 << bit)));
            foreach (byte value in flips.Concat(symbols).Append((byte)255))
            {
                file[i] = value;
                ReadOrFail(folder.Write("model", file));
            }

            file[i] = original;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Many_changed_bytes_are_an_error_or_a_model(string format)
    {
        using var folder = new TemporaryFolder();
        byte[] original = ModelBytes.Small(format);
        var random = new Random(7);
        for (int run = 0; run < 2000; run++)
        {
            byte[] file = [.. original];
            for (int edits = random.Next(1, 9); edits > 0; edits--)
            {
                int at = random.Next(file.Length);
                switch (random.Next(3))
                {
                    case 0:
                        file[at] = (byte)random.Next(256);
                        break;
                    case 1 when at + 4 <= file.Length:
                        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), uint.MaxValue >> random.Next(32));
                        break;
                    default:
                        original.AsSpan(0, Math.Min(random.Next(20), file.Length - at)).CopyTo(file.AsSpan(at));
                        break;
                }
            }

            ReadOrFail(folder.Write("model", file));
        }
    }

    private static string Failure(string path)
    {
        string? message = ReadOrFail(path);
        Assert.NotNull(message);
        return message;
    }

    internal static void AssertFails(string cause, byte[] file)
    {
        using var folder = new TemporaryFolder();
        AssertFails(cause, folder.Write("model", file));
    }

    internal static void AssertFails(string cause, string path) =>
        Assert.Contains(cause, Failure(path), StringComparison.Ordinal);

    /// <summary>Reads all of a model; gives the message if that fails as it should, and throws if it fails otherwise.</summary>
    private static string? ReadOrFail(string path)
    {
        try
        {
            using ModelFile model = ModelFile.Open(path);
            foreach (Tensor tensor in model.Tensors)
            {
                Assert.Equal(tensor.ByteLength, tensor.Data.Length);
                int sum = 0;
                foreach (byte value in tensor.Data.Span)
                    sum += value;
                Assert.True(sum >= 0);
            }

            return null;
        }
        catch (ModelException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            Assert.DoesNotContain(path, e.Message, StringComparison.Ordinal);
            Assert.False(e.Message.Any(char.IsControl), e.Message);
            return e.Message;
        }
    }
}
