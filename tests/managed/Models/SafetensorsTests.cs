using System.Text;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

public class SafetensorsTests
{
    private const string Valid = """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""";

    [Fact]
    public void A_file_made_by_hand_is_read_in_the_order_of_its_header()
    {
        string header = """
            {"z": {"data_offsets":[6,10], "shape":[1], "dtype":"F32"}, "__metadata__": {"format":"pt"},
             "w": {"dtype":"BF16","shape":[3,1],"data_offsets":[0,6], "extra":[{}]}, "none":
             {"dtype":"I64","shape":[0,7],"data_offsets":[6,6]}, "\u0073": {"dtype":"BOOL","shape":[],"data_offsets":[10,11]}}
            """;
        using var folder = new TemporaryFolder();
        using ModelFile model = ModelFile.Open(folder.Write("model", ModelBytes.Safetensors(header + "   ", 11)));

        Assert.Equal(["z", "w", "none", "s"], model.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(
            [ElementType.F32, ElementType.BF16, ElementType.I64, ElementType.Bool], model.Tensors.Select(tensor => tensor.Type));
        Assert.Equal(new byte[] { 6, 7, 8, 9 }, model.Tensors[0].Data.ToArray());
        Assert.Equal(new byte[] { 0, 1, 2, 3, 4, 5 }, model.Tensors[1].Data.ToArray());
        Assert.Equal((3, 1, 3), (model.Tensors[1].Rows, model.Tensors[1].Columns, model.Tensors[1].Count));
        Assert.Equal((0, 7, 0), (model.Tensors[2].Rows, model.Tensors[2].Columns, model.Tensors[2].Count));
        Assert.Equal((1, 1, 1), (model.Tensors[3].Rows, model.Tensors[3].Columns, model.Tensors[3].Count));
        Assert.Equal(new byte[] { 10 }, model.Tensors[3].Data.ToArray());
    }

    [Theory]
    [InlineData("F32", ElementType.F32)]
    [InlineData("F16", ElementType.F16)]
    [InlineData("BF16", ElementType.BF16)]
    [InlineData("F64", ElementType.F64)]
    [InlineData("I8", ElementType.I8)]
    [InlineData("U8", ElementType.U8)]
    [InlineData("I16", ElementType.I16)]
    [InlineData("U16", ElementType.U16)]
    [InlineData("I32", ElementType.I32)]
    [InlineData("U32", ElementType.U32)]
    [InlineData("I64", ElementType.I64)]
    [InlineData("U64", ElementType.U64)]
    [InlineData("BOOL", ElementType.Bool)]
    public void Every_dtype_is_read(string dtype, ElementType type)
    {
        int size = ElementTypes.Size(type);
        string header = $$"""{"a":{"dtype":"{{dtype}}","shape":[1],"data_offsets":[0,{{size}}] } }""";
        using var folder = new TemporaryFolder();
        using ModelFile model = ModelFile.Open(folder.Write("model", ModelBytes.Safetensors(header, size)));
        Assert.Equal(type, Assert.Single(model.Tensors).Type);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", "unsupported dtype 'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":"Id8","shape":[2],"data_offsets":[0,2]}}""", "unsupported dtype 'Id8'")]
    [InlineData("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,2]}}""", "unsupported dtype 'f32'")]
    [InlineData("""{"a":{"dtype":8,"shape":[2],"data_offsets":[0,2]}}""", "dtype of tensor 'a' is not a string")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}""", "needs 3 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":2,"data_offsets":[0,2]}}""", "is not an array")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2e0],"data_offsets":[0,2]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":["2"],"data_offsets":[0,2]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[null],"data_offsets":[0,2]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,2]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807,2],"data_offsets":[0,2]}}""", "overflows")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "overflows")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", "overflows")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", "overflows")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3000000000],"data_offsets":[0,3000000000]}}""", "2 GiB")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", "data_offsets are 2 to 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0]}}""", "two data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2,4]}}""", "at most 2 numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", "but the file has 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[9223372036854775805,9223372036854775807]}}""", "but the file has 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", "take 1 bytes but the file has 2")]
    [InlineData("""{}""", "take 0 bytes but the file has 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}""", "overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", "two entries")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", "two entries")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "two entries named dtype")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "two entries")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2]}}""", "needs a dtype, a shape and two data_offsets")]
    [InlineData("""{"a":[]}""", "is not an object")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[2],"data_offsets":[0,2]}}""", "UTF-8")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "UTF-8")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},}""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}} x""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}{}""", "not valid JSON")]
    [InlineData("""{/**/"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]""", "not valid JSON")]
    [InlineData("""{"\u001b[2Jx":{"dtype":"U8"}}""", "'?[2Jx'")]
    public void A_wrong_header_is_an_error_that_names_the_cause(string header, string cause) =>
        HostileFileTests.AssertFails(cause, ModelBytes.Safetensors(header, 2));

    [Fact]
    public void Text_that_is_not_utf8_is_an_error() =>
        HostileFileTests.AssertFails("UTF-8", ModelBytes.Safetensors(Encoding.Latin1.GetBytes(Valid.Replace('a', 'ä')), 2));

    [Theory]
    [InlineData(100, "the header says 100 bytes but the file has 61")]
    [InlineData(54, "the file has 61")]
    [InlineData(long.MaxValue, "says 9223372036854775807 bytes but the file has 61")]
    [InlineData(-1, "says 18446744073709551615 bytes but the file has 61")]
    [InlineData(52, "not valid JSON")]
    [InlineData(0, "not valid JSON")]
    public void A_wrong_header_length_is_an_error(long length, string cause)
    {
        byte[] file = ModelBytes.Safetensors(Valid);
        Assert.Equal(61, file.Length);
        BitConverter.TryWriteBytes(file, length);
        HostileFileTests.AssertFails(cause, file);
    }

    [Fact]
    public void Deep_nesting_is_an_error()
    {
        foreach (string opening in new[] { "[", "{\"a\":" })
        {
            string deep = string.Concat(Enumerable.Repeat(opening, 100_000));
            HostileFileTests.AssertFails("not valid JSON", ModelBytes.Safetensors($$"""{"__metadata__":{{deep}}"""));
            HostileFileTests.AssertFails("not valid JSON", ModelBytes.Safetensors($$"""{"x":{"more":{{deep}}"""));
        }
    }

    [Fact]
    public void A_name_may_take_65535_bytes_and_no_more()
    {
        using var folder = new TemporaryFolder();
        string header = Valid.Replace("\"a\"", $"\"{new string('n', 65535)}\"", StringComparison.Ordinal);
        using (ModelFile model = ModelFile.Open(folder.Write("model", ModelBytes.Safetensors(header, 2))))
            Assert.Equal(65535, Assert.Single(model.Tensors).Name.Length);

        foreach (int length in new[] { 65536, 1_000_000 })
        {
            header = Valid.Replace("\"a\"", $"\"{new string('n', length)}\"", StringComparison.Ordinal);
            HostileFileTests.AssertFails("65535", ModelBytes.Safetensors(header, 2));
        }
    }

    [Fact]
    public void A_shape_may_have_64_dimensions_and_no_more()
    {
        using var folder = new TemporaryFolder();
        string ones = string.Concat(Enumerable.Repeat("1,", 63));
        string header = Valid.Replace("[2]", $"[{ones}2]", StringComparison.Ordinal);
        using (ModelFile model = ModelFile.Open(folder.Write("model", ModelBytes.Safetensors(header, 2))))
            Assert.Equal(64, Assert.Single(model.Tensors).Shape.Count);

        header = Valid.Replace("[2]", $"[1,{ones}2]", StringComparison.Ordinal);
        HostileFileTests.AssertFails("64", ModelBytes.Safetensors(header, 2));
    }

    [Fact]
    public void A_file_of_gigabytes_is_mapped_and_a_header_of_more_than_100_MB_refused()
    {
        // Sparse files: they take no space and no time.
        using var folder = new TemporaryFolder();
        const long half = 2_000_000_000;
        byte[] start = ModelBytes.Safetensors($$"""
            {"a":{"dtype":"U8","shape":[{{half}}],"data_offsets":[0,{{half}}]},
             "b":{"dtype":"I16","shape":[{{half / 2}}],"data_offsets":[{{half}},{{2 * half}}] } }
            """);
        string path = folder.Write("model", start);
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(start.Length + (2 * half));
            stream.Seek(-1, SeekOrigin.End);
            stream.WriteByte(42);
        }

        using (ModelFile model = ModelFile.Open(path))
        {
            Assert.Equal(half, model.Tensors[1].Data.Length);
            Assert.Equal(42, model.Tensors[1].Data.Span[^1]);
            Assert.Equal(0, model.Tensors[0].Data.Span[^1]);
        }

        using (FileStream stream = File.OpenWrite(path))
            stream.Write(BitConverter.GetBytes(100_000_001L));
        HostileFileTests.AssertFails("at most 100000000", path);
    }

    [Fact]
    public void The_largest_tensor_is_the_longest_array()
    {
        using var folder = new TemporaryFolder();
        foreach (long size in new[] { Array.MaxLength, Array.MaxLength + 1L })
        {
            byte[] start = ModelBytes.Safetensors($$"""{"a":{"dtype":"U8","shape":[{{size}}],"data_offsets":[0,{{size}}] } }""");
            string path = folder.Write("model", start);
            using (FileStream stream = File.OpenWrite(path))
                stream.SetLength(start.Length + size);
            if (size > Array.MaxLength)
            {
                HostileFileTests.AssertFails("2 GiB", path);
                continue;
            }

            using ModelFile model = ModelFile.Open(path);
            Assert.Equal(size, Assert.Single(model.Tensors).Data.Length);
        }
    }

    [Fact]
    public void Data_cannot_be_used_after_the_file_is_closed()
    {
        using var folder = new TemporaryFolder();
        ModelFile model = ModelFile.Open(folder.Write("model", ModelBytes.Safetensors(Valid, 2)));
        ReadOnlyMemory<byte> data = model.Tensors[0].Data;
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => data.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => data.Pin());
    }
}
