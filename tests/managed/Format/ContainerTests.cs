using System.IO.Hashing;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;

namespace Weightless.Tests.Format;

public unsafe class ContainerTests
{
    [Fact]
    public void An_empty_model_takes_14_bytes()
    {
        byte[] bytes = Write();
        Assert.Equal(14, bytes.Length);
        using WlsFile file = WlsFile.Open(bytes);
        file.Verify();
        Assert.Empty(file.Tensors);
    }

    [Fact]
    public void Sizes_add_up_to_the_file()
    {
        byte[] bytes = Write(Stored("bias", 5), Coded("weight"), Stored("empty", 0), Stored("last", 3));
        using WlsFile file = WlsFile.Open(bytes);
        Assert.Equal(bytes.Length, file.HeaderBytes + file.Tensors.Sum(tensor => tensor.EncodedBytes));
        Assert.Equal(bytes.Length, file.Bytes);
    }

    [Fact]
    public void A_LeNet_needs_under_160_bytes_of_directory_beside_the_names()
    {
        (string Name, long[] Shape)[] lenet =
            [("fc0.weight", [300, 784]), ("fc0.bias", [300]), ("fc1.weight", [100, 300]), ("fc1.bias", [100]), ("fc2.weight", [10, 100]), ("fc2.bias", [10])];
        EncodedTensor[] tensors =
            [.. lenet.Select(t => new EncodedTensor(t.Name, ElementType.F32, t.Shape, Method.Csr, Coder.Arithmetic, new byte[5000]))];
        long directory = Write(tensors).Length - 6 * 5000;
        Assert.InRange(directory - lenet.Sum(t => t.Name.Length), 1, 100);
    }

    [Fact]
    public void Stored_tensors_lie_at_multiples_of_64_and_coded_ones_are_packed()
    {
        byte[] bytes = Write(Coded("a"), Coded("b"), Stored("c", 7), Coded("d"), Stored("e", 9));
        fixed (byte* data = bytes)
        {
            Assert.Equal(Status.Ok, Model.Open(data, (nuint)bytes.Length, out Model model));
            byte* end = null;
            for (uint i = 0; i < model.TensorCount; i++)
            {
                Assert.Equal(Status.Ok, model.Directory.Find(i, out TensorEntry entry));
                if (entry.Method == Method.Stored)
                    Assert.Equal(0, (entry.Section - data) % 64);
                else if (end != null)
                    Assert.True(entry.Section == end);
                end = entry.Section + entry.SectionBytes;
            }
            Assert.True(end == data + bytes.Length);
        }
    }

    [Fact]
    public void Every_prefix_is_an_error_and_every_longer_file_is_not()
    {
        byte[] bytes = Write(Coded("a"), Stored("c", 7));
        for (int length = 1; length < bytes.Length; length++)
            Assert.NotEqual(Status.Ok, Open(bytes[..length]));
        Assert.Equal(Status.Ok, Open([.. bytes, .. new byte[100]]));
    }

    [Theory]
    [InlineData("text, not weights", Status.Magic)]
    [InlineData("W", Status.Truncated)]
    [InlineData("WLS", Status.Truncated)]
    [InlineData("WLS\u0002aaaaaaaabbbbb", Status.Version)]
    [InlineData("WLS\u0001aaaaaaa", Status.Truncated)]
    [InlineData("WLS\u0001aaaaaaaa\u0001\0", Status.Directory)]
    public void What_is_no_file_gets_its_status(string text, Status expected) =>
        Assert.Equal(expected, Open([.. text.Select(c => (byte)c)]));

    /// <summary>Directories under a right checksum that contradict themselves: it is not the checksum that keeps us safe.</summary>
    [Theory]
    [InlineData("01 01 61 00 10 04 10 00000000", Status.Truncated)] // section beyond the end of the file
    [InlineData("01 01 61 00 10 04 0f 00000000", Status.Directory)] // stored, with a section that is not the elements
    [InlineData("01 01 61 00 1d 04 10 00000000", Status.Directory)] // element type 13
    [InlineData("01 01 61 00 90 01 01 01 01 01 01 01 01 01 04 00000000", Status.Directory)] // nine dimensions
    [InlineData("01 01 61 01 20 ffffffffffffffff7f ffffffffffffffff7f 00 00000000", Status.Directory)] // a product beyond 64 bits
    [InlineData("01 01 61 01 20 00 ffffffffffffffff7f 00 00000000", Status.Directory)] // the same beside a dimension of 0
    [InlineData("01 01 61 09 10 01 00 00000000", Status.Unsupported)] // method 9
    [InlineData("01 01 61 31 10 01 00 00000000", Status.Directory)] // coder 3, which dense has not
    [InlineData("01 01 61 01 15 01 00 00000000", Status.Directory)] // f64 clustered
    [InlineData("01 01 61 41 13 01 00 00000000", Status.Directory)] // i8 with an f16 codebook
    [InlineData("01 01 ff 01 10 01 00 00000000", Status.Directory)] // name is not UTF-8
    [InlineData("01 81 00 61 01 10 01 00 00000000", Status.Directory)] // a varint that is longer than it need be
    [InlineData("02 01 61 01 10 01 00 00000000", Status.Directory)] // a tensor missing
    [InlineData("00 01 61 01 10 01 00 00000000", Status.Directory)] // a tensor too many
    [InlineData("01 7f 61 01 10 01 00 00000000", Status.Directory)] // a name beyond the directory
    public void A_contradictory_directory_gets_its_status(string hex, Status expected)
    {
        byte[] entries = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        byte[] directory = [(byte)entries.Length, .. entries];
        byte[] bytes = [(byte)'W', (byte)'L', (byte)'S', 1, .. BitConverter.GetBytes(XxHash3.HashToUInt64(directory)), .. directory];
        Assert.Equal(expected, Open(bytes));
    }

    [Fact]
    public void A_damaged_section_fails_verification()
    {
        byte[] bytes = Write(Coded("a"), Stored("c", 7));
        bytes[^1] ^= 1;
        using WlsFile file = WlsFile.Open(bytes);
        Assert.Throws<ModelFormatException>(file.Verify);
    }

    [Fact]
    public void Two_tensors_of_one_name_cannot_be_written() =>
        Assert.Throws<ModelFormatException>(() => Write(Stored("a", 1), Stored("a", 2)));

    /// <summary>A small file may announce more than a number can count, and its size is a sum over its tensors.</summary>
    [Fact]
    public void Tensors_of_more_than_2_to_the_63_bytes_together_are_refused()
    {
        // Nothing but zeros: a section is K = 0 and a count of no weights.
        EncodedTensor[] tensors = [.. Enumerable.Range(0, (1 << 15) + 1).Select(i =>
            new EncodedTensor($"{i}", ElementType.I8, [1L << 48], Method.Csr, Coder.None, new byte[] { 0, 0, 1 }))];
        Assert.Contains("together", Assert.Throws<ModelLimitException>(() => WlsFile.Open(Write(tensors))).Message, StringComparison.Ordinal);
        using WlsFile file = WlsFile.Open(Write(tensors[..^3]));
        Assert.Equal((1L << 63 - 48) - 2, file.Tensors.Count);
    }

    [Fact]
    public void A_shape_that_no_decoder_takes_is_not_written()
    {
        foreach (long[] shape in new long[][] { [1L << 49], [0, 1L << 62], [1L << 25, 1L << 25] })
            Assert.Throws<ModelLimitException>(() => new EncodedTensor("a", ElementType.U8, shape, Method.Dense, Coder.None, new byte[3]));
    }

    private static Status Open(byte[] bytes)
    {
        fixed (byte* data = bytes)
            return Model.Open(data, (nuint)bytes.Length, out _);
    }

    private static EncodedTensor Stored(string name, int length) =>
        EncodedTensor.Store(new Tensor(name, ElementType.F32, [length], new byte[4 * length]));

    private static EncodedTensor Coded(string name) =>
        Encoded.By(RandomLayers.Make(9, 9, 3, 0.3, 1) with { Name = name }, Method.Csr, Coder.Huffman);

    private static byte[] Write(params EncodedTensor[] tensors)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, tensors);
        return stream.ToArray();
    }
}
