using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.NativeDecoder.Format;
using static Weightless.Tests.Models.OnnxBytes;

namespace Weightless.Tests.Models;

public class OnnxTests
{
    private const string OcrRecognition = "data/ppocr/ch_PP-OCRv4_rec_infer.onnx";
    private const string VoiceActivity = "data/silero/silero_vad_v5.onnx";

    [Fact]
    public void Tensors_come_from_initializers_constants_and_nested_graphs()
    {
        byte[] file = Model(
            Initializer(Floats("w", [2, 2], 1, 2, 3, 4)),
            Constant("c", Floats("ignored", [], 5)),
            Node("If", ["p"], ["y"],
                GraphAttribute("then_branch", Initializer(Floats("b", [1], 6)), Constant("k", Floats("", [1], 7))),
                GraphAttribute("else_branch", Initializer(Floats("b", [1], 8)))),
            Node("ConstantOfShape", ["s"], ["z"], TensorAttribute("value", Floats("v", [1], 9))));
        Read(file, model =>
        {
            Assert.Equal(["w", "c", "b", "k", "b#2"], model.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], model.Tensors.SelectMany(Values));
            Assert.Equal([2, 2], model.Tensors[0].Shape);
            Assert.Empty(model.Tensors[1].Shape);
        });
    }

    public static TheoryData<int, ElementType, byte[], byte[]> TypedFields => new()
    {
        { 1, ElementType.F32, Concat(Single(4, 1.5f), Single(4, -2)), [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0] },
        { 1, ElementType.F32, Bytes(4, [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]), [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0] },
        { 3, ElementType.I8, Bytes(5, Varint(ulong.MaxValue), Varint(5)), [255, 5] },
        { 9, ElementType.Bool, Bytes(5, [1, 0]), [1, 0] },
        { 10, ElementType.F16, Concat(Number(5, 0x3c00), Number(5, 0xc000)), [0, 0x3c, 0, 0xc0] },
        { 16, ElementType.BF16, Bytes(5, Varint(0x3f80), Varint(0xc000)), [0x80, 0x3f, 0, 0xc0] },
        { 6, ElementType.I32, Bytes(5, Varint(1), Varint(ulong.MaxValue - 1)), [1, 0, 0, 0, 254, 255, 255, 255] },
        { 7, ElementType.I64, Bytes(7, Varint(ulong.MaxValue), Varint(300)), [255, 255, 255, 255, 255, 255, 255, 255, 44, 1, 0, 0, 0, 0, 0, 0] },
        { 12, ElementType.U32, Bytes(11, Varint(uint.MaxValue), Varint(2)), [255, 255, 255, 255, 2, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(TypedFields))]
    public void Typed_fields_are_read_packed_or_not(int onnxType, ElementType type, byte[] elements, byte[] expected) =>
        Read(Model(Initializer(Tensor("t", onnxType, [2], elements))), model =>
        {
            Assert.Equal(type, model.Tensors[0].Type);
            Assert.Equal(expected, model.Tensors[0].Data.ToArray());
        });

    [Fact]
    public void It_is_known_where_in_the_file_elements_lie()
    {
        byte[] file = Model(Initializer(Floats("w", [2], 3.5f, 4)), Initializer(Tensor("i", 6, [1], Number(5, 7))));
        Read(file, model =>
        {
            Extent extent = Assert.NotNull(model.Contents[0].Verbatim);
            Assert.Equal([3.5f, 4], MemoryMarshal.Cast<byte, float>(file.AsSpan(extent.Offset, extent.Length)).ToArray());
            Assert.Null(model.Contents[1].Verbatim);
        });
    }

    [Fact]
    public void Elements_in_other_files_are_read()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["more"]);
        folder.Write("weights", MemoryMarshal.AsBytes<float>([1, 2, 3, 4]).ToArray());
        folder.Write("more/weights", MemoryMarshal.AsBytes<float>([5]).ToArray());
        string path = folder.Write("model.onnx", Model(Initializer(External("a", [2], ("location", "weights"), ("offset", "8"), ("length", "8"))),
            Initializer(External("b", [], ("location", "more/weights"))), Initializer(Floats("c", [1], 6)), Initializer(External("d", [1], ("location", "weights")))));
        using OnnxReader model = Assert.IsType<OnnxReader>(ModelFile.Open(path));
        Assert.Equal([("a", "3 4"), ("b", "5"), ("c", "6"), ("d", "1")],
            model.Tensors.OrderBy(tensor => tensor.Name).Select(tensor => (tensor.Name, string.Join(' ', Values(tensor)))));
        Assert.False(model.IsWhole);
        Assert.Equal(1, model.Source.Places.Count(place => place is not null));
    }

    /// <summary>They are part of the model, and come back with it.</summary>
    [Fact]
    public void What_is_no_tensor_of_ours_is_left_to_the_skeleton() =>
        Read(Model(Initializer(Tensor("text", 8, [1], Text(6, "a"))), Initializer(Tensor("new", 99, [1])), Bytes(15, []), Initializer(Floats("w", [1], 1))),
            model => Assert.Equal(["w"], model.Tensors.Select(tensor => tensor.Name)));

    [Fact]
    public void Nodes_have_their_attributes_and_values_their_shapes()
    {
        byte[] file = Model(Value(11, "x", -1, 3), Value(12, "y", 4),
            Node("Conv", ["x", "w", ""], ["y"], IntegersAttribute("pads", 1, -2), IntegerAttribute("group", 3), SingleAttribute("alpha", 0.5f)));
        Read(file, model =>
        {
            OnnxNode node = Assert.Single(model.Graph.Nodes);
            Assert.True(node.Is("Conv"));
            Assert.Equal(["x", "w", ""], node.Inputs);
            Assert.Equal([1, -2], node.Attribute("pads")!.Integers);
            Assert.Equal(3, node.Attribute("group")!.Integer);
            Assert.Equal(0.5f, node.Attribute("alpha")!.Single);
            Assert.Equal([-1, 3], model.Graph.Inputs[0].Shape!);
            Assert.Equal("y", model.Graph.Outputs[0].Name);
        });
    }

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "truncated or damaged", Concat(Number(1, 8), Varint(7 << 3 | 2), Varint(1000), [1, 2, 3]) },
        { "truncated or damaged", Concat(Number(1, 8), Varint(7 << 3 | 2), Varint(ulong.MaxValue), [1]) },
        { "truncated or damaged", Concat(Number(1, 8), [.. Enumerable.Repeat((byte)0xff, 11)]) },
        { "truncated or damaged", Model(Bytes(5, Varint(9 << 3 | 2), Varint(50), new byte[10])) },
        { "truncated or damaged", Model(Bytes(1, Number(4, 1))) },
        { "truncated or damaged", Model([7 << 3 | 3]) },
        { "has no graph", Concat(Number(1, 8), Bytes(8, Number(2, 13))) },
        { "no version of its operators", Concat(Number(1, 8), Bytes(7, Text(2, "g"))) },
        { "needs 16 bytes for its shape and type, but has 12", Model(Initializer(Floats("w", [4], 1, 2, 3))) },
        { "but has 0", Model(Initializer(Floats("w", [4]))) },
        { "does not end", Model(Initializer(Tensor("w", 6, [1], Bytes(5, [0x80])))) },
        { "does not end", Model(Initializer(Tensor("w", 6, [1], Bytes(5, [.. Enumerable.Repeat((byte)0x80, 10), 1])))) },
        { "negative dimension", Model(Initializer(Floats("w", [-1], 1))) },
        { "overflows", Model(Initializer(Floats("w", [1L << 40, 1L << 40], 1))) },
        { "2 GiB", Model(Initializer(Floats("w", [1L << 33], 1))) },
        { "its elements twice", Model(Initializer(Tensor("w", Float, [1], Raw(1), Single(4, 1)))) },
        { "a field that is not for its type", Model(Initializer(Tensor("w", Float, [1], Number(5, 1)))) },
        { "in a file outside of the model's folder, or in none", Model(Initializer(External("w", [1]))) },
        { "outside of the model's folder", Model(Initializer(External("w", [1], ("location", "../model")))) },
        { "outside of the model's folder", Model(Initializer(External("w", [1], ("location", "/etc/passwd")))) },
        { "elements in 'a?b', which cannot be read", Model(Initializer(External("w", [1], ("location", "a\nb")))) },
        { "elements in 'missing', which cannot be read", Model(Initializer(External("w", [1], ("location", "missing")))) },
        { "at no place", Model(Initializer(External("w", [1], ("location", "model"), ("offset", "-1")))) },
        { "beyond the end of 'model'", Model(Initializer(External("w", [1], ("location", "model"), ("offset", "9223372036854775807")))) },
        { "needs 4 bytes for its shape and type, but has 8", Model(Initializer(External("w", [1], ("location", "model"), ("length", "8")))) },
        { "not valid UTF-8", Model(Initializer(Concat(Number(1, 1), Number(2, 1), Bytes(8, [0xff]), Raw(1)))) },
        { "nested more than", Model(Nested(40)) },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_is_an_error_of_one_line(string cause, byte[] file) => HostileFileTests.AssertFails(cause, file);

    [SharedFact(OcrRecognition)]
    public void All_of_a_recognition_network_is_read() => ReadShared(OcrRecognition, 325, 10_761_252);

    [SharedFact(VoiceActivity)]
    public void All_of_a_recurrent_network_with_nested_graphs_is_read() => ReadShared(VoiceActivity, 341, 2_183_632);

    private static byte[] Nested(int depth) =>
        Node("If", [], [], depth == 0 ? [] : [GraphAttribute("then_branch", Nested(depth - 1))]);

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray();

    private static void Read(byte[] file, Action<OnnxReader> check)
    {
        using TemporaryFolder folder = new();
        using OnnxReader model = Assert.IsType<OnnxReader>(ModelFile.Open(folder.Write("model.onnx", file)));
        check(model);
    }

    private static void ReadShared(string path, int tensors, long bytes)
    {
        using OnnxReader model = Assert.IsType<OnnxReader>(ModelFile.Open(SharedData.Find(path)!));
        Assert.Equal(tensors, model.Tensors.Count);
        Assert.Equal(bytes, model.Tensors.Sum(tensor => (long)tensor.Data.Length));
        Assert.Equal(tensors, model.Tensors.Select(tensor => tensor.Name).Distinct().Count());
    }
}
