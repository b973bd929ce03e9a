using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

public class NpyTests
{
    // What numpy.save(arange(6, dtype=float32).reshape(2, 3)) writes before its data.
    private const string NumpyHeader = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    [Fact]
    public void Files_are_those_of_numpy_to_the_byte()
    {
        var data = new float[] { 0, 1, 2, 3, 4, 5 };
        byte[] expected =
        [
            0x93, .. "NUMPY"u8, 1, 0, 0x76, 0, .. Encoding.ASCII.GetBytes(NumpyHeader.PadRight(117)), (byte)'\n',
            .. MemoryMarshal.AsBytes<float>(data),
        ];
        using var folder = new TemporaryFolder();
        byte[] bytes = MemoryMarshal.AsBytes<float>(data).ToArray();
        ModelWriter.Write(folder["w.npy"], [new Tensor("w", ElementType.F32, [2, 3], bytes)]);
        Assert.Equal(expected, File.ReadAllBytes(folder["w.npy"]));

        ModelWriter.Write(folder["s.npy"], [new Tensor("s", ElementType.F16, [], new byte[] { 0, 0x3e })]);
        string scalar = Encoding.Latin1.GetString(File.ReadAllBytes(folder["s.npy"]));
        Assert.EndsWith("'shape': (), }" + new string(' ', 62) + "\n\0>", scalar, StringComparison.Ordinal);
        ModelWriter.Write(folder["v.npy"], [new Tensor("v", ElementType.U8, [2], new byte[2])]);
        Assert.Contains("'shape': (2,), }", File.ReadAllText(folder["v.npy"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<f4", ElementType.F32)]
    [InlineData("<f2", ElementType.F16)]
    [InlineData("<f8", ElementType.F64)]
    [InlineData("|i1", ElementType.I8)]
    [InlineData("|u1", ElementType.U8)]
    [InlineData("<i2", ElementType.I16)]
    [InlineData("<u2", ElementType.U16)]
    [InlineData("<i4", ElementType.I32)]
    [InlineData("<u4", ElementType.U32)]
    [InlineData("<i8", ElementType.I64)]
    [InlineData("<u8", ElementType.U64)]
    [InlineData("|b1", ElementType.Bool)]
    public void Every_type_is_read(string descr, ElementType type)
    {
        Tensor tensor = Read(ModelBytes.Npy(descr, "(3,)", 3 * ElementTypes.Size(type)), out byte[] data);
        Assert.Equal(type, tensor.Type);
        Assert.Equal("model", tensor.Name);
        Assert.Equal(Enumerable.Range(0, data.Length).Select(i => (byte)i), data);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }")]
    [InlineData("{\"shape\":(2,3,),\"fortran_order\":False,\"descr\":\"<f4\"}")]
    [InlineData("{'shape': (2L, 3L), 'descr': '<f4', 'fortran_order': False}     ")]
    [InlineData(" { 'shape' : ( 2\t,\n3 ) , 'descr' : '<f4' , 'fortran_order' : False , } ")]
    public void Every_spelling_of_the_dictionary_is_read_in_every_version(string dictionary)
    {
        for (byte version = 1; version <= 3; version++)
        {
            Tensor tensor = Read(ModelBytes.Npy(dictionary, 24, version), out _);
            Assert.Equal([2, 3], tensor.Shape);
        }
    }

    [Theory]
    [InlineData(">f4", "(3,)", "big-endian")]
    [InlineData(">i8", "(3,)", "big-endian")]
    [InlineData("|O", "(3,)", "Python objects")]
    [InlineData("<c8", "(3,)", "unsupported element type '<c8'")]
    [InlineData("<U7", "(3,)", "unsupported element type")]
    [InlineData("<M8[ns]", "(3,)", "unsupported element type")]
    [InlineData("=f4", "(3,)", "unsupported element type")]
    [InlineData("f4", "(3,)", "unsupported element type")]
    [InlineData("", "(3,)", "unsupported element type ''")]
    [InlineData("[...]", "(3,)", "records")]
    [InlineData("<f4", "(4,)", "asks for 16 bytes of data but the file has 12")]
    [InlineData("<f4", "(2,)", "asks for 8 bytes of data but the file has 12")]
    [InlineData("<f4", "(3)", "not the dictionary")]
    [InlineData("<f4", "3", "not the dictionary")]
    [InlineData("<f4", "[3]", "not the dictionary")]
    [InlineData("<f4", "(,)", "not the dictionary")]
    [InlineData("<f4", "(3,,)", "not the dictionary")]
    [InlineData("<f4", "(3 1)", "not the dictionary")]
    [InlineData("<f4", "(-3,)", "not the dictionary")]
    [InlineData("<f4", "(3.0,)", "not the dictionary")]
    [InlineData("<f4", "(3,", "not the dictionary")]
    [InlineData("<f4", "(9223372036854775808,)", "overflows")]
    [InlineData("<f4", "(99999999999999999999999999999999999999999999999999,)", "overflows")]
    [InlineData("<f4", "(9223372036854775807,)", "overflows")]
    [InlineData("<f4", "(4294967296, 4294967296)", "overflows")]
    [InlineData("<f4", "(0, 4294967296, 4294967296)", "overflows")]
    [InlineData("<f4", "(1000000000,)", "2 GiB")]
    public void A_wrong_type_or_shape_is_an_error_that_names_the_cause(string descr, string shape, string cause) =>
        HostileFileTests.AssertFails(cause, ModelBytes.Npy(descr, shape, 12));

    [Theory]
    [InlineData("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,), }", "records")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,), }", "not the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': Falsey, 'shape': (3,), }", "not the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", "needs descr")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}", "unknown or repeated key 'x'")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "unknown or repeated key 'descr'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } x", "not the dictionary")]
    [InlineData("{'descr': '<f4' 'fortran_order': False, 'shape': (3,), }", "not the dictionary")]
    [InlineData("{'descr': '<f4\", 'fortran_order': False, 'shape': (3,), }", "unsupported element type '<f4\", '")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)", "not the dictionary")]
    [InlineData("{'descr': '<\\x66\\x34', 'fortran_order': False, 'shape': (3,), }", "not the dictionary")]
    [InlineData("", "not the dictionary")]
    [InlineData("__import__('os')", "not the dictionary")]
    public void A_wrong_dictionary_is_an_error(string dictionary, string cause) =>
        HostileFileTests.AssertFails(cause, ModelBytes.Npy(dictionary, 12));

    [Theory]
    [InlineData(6, 0, "version 0.0")]
    [InlineData(6, 4, "version 4.0")]
    [InlineData(7, 1, "version 1.1")]
    [InlineData(9, 255, "but the file has")]
    public void A_wrong_preamble_is_an_error(int offset, byte value, string cause)
    {
        byte[] file = ModelBytes.Npy("<f4", "(3,)", 12);
        file[offset] = value;
        HostileFileTests.AssertFails(cause, file);
    }

    [Fact]
    public void A_header_of_gigabytes_is_refused_before_it_is_read()
    {
        byte[] file = ModelBytes.Npy(NumpyHeader, 24, major: 2);
        BitConverter.TryWriteBytes(file.AsSpan(8), uint.MaxValue);
        HostileFileTests.AssertFails("at most 65535", file);
    }

    [Fact]
    public void More_than_64_dimensions_are_refused() =>
        HostileFileTests.AssertFails("64", ModelBytes.Npy("<f4", $"({string.Concat(Enumerable.Repeat("1, ", 65))})", 4));

    [Fact]
    public void Fortran_order_becomes_C_order()
    {
        Read(ModelBytes.Npy("|u1", "(2, 3)", 6, fortranOrder: true), out byte[] matrix);
        Assert.Equal(new byte[] { 0, 2, 4, 1, 3, 5 }, matrix);
        Read(ModelBytes.Npy("|u1", "(6,)", 6, fortranOrder: true), out byte[] vector);
        Assert.Equal(new byte[] { 0, 1, 2, 3, 4, 5 }, vector);
        Assert.Equal(0, Read(ModelBytes.Npy("<f4", "(3, 0, 5)", 0, fortranOrder: true), out _).Count);
    }

    [Fact]
    public void Fortran_order_of_any_rank_and_element_size_becomes_C_order()
    {
        Gen<(long[] Shape, int Size)> arrays =
            from rank in Gen.Int[2, 5]
            from shape in Gen.Int[1, rank == 2 ? 80 : 7].Select(dimension => (long)dimension).Array[rank]
            from size in Gen.Int[0, 3].Select(log => 1 << log)
            select (shape, size);
        arrays.Sample(
            array =>
            {
                int count = (int)array.Shape.Aggregate(1L, (a, b) => a * b);
                var source = new byte[count * array.Size];
                new Random(count).NextBytes(source);
                byte[] actual = FortranOrder.ToC(source, array.Shape, array.Size);
                var index = new long[array.Shape.Length];
                for (int i = 0; i < count; i++)
                {
                    long from = 0;
                    for (int d = index.Length - 1; d >= 0; d--)
                        from = (from * array.Shape[d]) + index[d];
                    Assert.Equal(
                        source.AsSpan((int)from * array.Size, array.Size), actual.AsSpan(i * array.Size, array.Size));
                    for (int d = index.Length - 1; d >= 0 && ++index[d] == array.Shape[d]; d--)
                        index[d] = 0;
                }
            },
            iter: 200);
    }

    private static Tensor Read(byte[] file, out byte[] data)
    {
        using var folder = new TemporaryFolder();
        using ModelFile model = ModelFile.Open(folder.Write("model.npy", file));
        Tensor tensor = Assert.Single(model.Tensors);
        data = tensor.Data.ToArray();
        return tensor;
    }
}
