using System.Buffers.Binary;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Tflite;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

public class TfliteTests
{
    private static readonly TfliteTensorBytes Kernel = new("conv", 9, [2, 1, 1, 3], [1, 2, 3, 253, 254, 255], [0.5f, 0.25f]);

    [Fact]
    public void Tensors_with_elements_are_read_in_the_order_in_which_they_lie()
    {
        byte[] file = TfliteBytes.Model(Kernel, new("bias", 2, [2], [1, 0, 0, 0, 2, 0, 0, 0]), new("bias", 1, [], [0, 0x3c]));
        Read(file, model =>
        {
            Dictionary<string, Tensor> tensors = model.Tensors.ToDictionary(tensor => tensor.Name);
            Assert.Equal(["bias", "bias#2", "conv"], tensors.Keys.Order());
            Assert.Equal(ElementType.I8, tensors["conv"].Type);
            Assert.Equal([2, 1, 1, 3], tensors["conv"].Shape);
            Assert.Equal(Kernel.Data, tensors["conv"].Data.ToArray());
            int end = 0;
            foreach ((Tensor tensor, Extent? place) in model.Tensors.Zip(model.Source.Places))
            {
                Extent extent = Assert.NotNull(place);
                Assert.True(extent.Offset >= end);
                end = extent.End;
                Assert.Equal(tensor.Data.ToArray(), file[extent.Offset..extent.End]);
            }
        });
    }

    [Fact]
    public void Elements_behind_the_flatbuffer_are_read() =>
        Read(TfliteBytes.Model(Kernel with { IsBehind = true }, new("b", 3, [2], [7, 8], IsBehind: true)), model =>
        {
            Assert.Equal(["conv", "b"], model.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([7, 8], model.Tensors[1].Data.ToArray());
            Assert.Equal(Kernel.Data, model.Tensors[0].Data.ToArray());
        });

    /// <summary>Of text and of complex numbers, say.</summary>
    [Fact]
    public void Tensors_of_other_types_are_left_to_the_skeleton() =>
        Read(TfliteBytes.Model(new("text", 5, [1], [1, 2, 3]), Kernel), model => Assert.Equal(["conv"], model.Tensors.Select(tensor => tensor.Name)));

    [Fact]
    public void A_hostile_file_is_an_error_of_one_line()
    {
        byte[] file = TfliteBytes.Model(Kernel);
        HostileFileTests.AssertFails("needs 7 bytes for its shape and type, but has 6", TfliteBytes.Model(Kernel with { Shape = [7] }));
        HostileFileTests.AssertFails("negative dimension", TfliteBytes.Model(Kernel with { Shape = [-1, 6] }));
        HostileFileTests.AssertFails("65 dimensions", TfliteBytes.Model(Kernel with { Shape = [.. Enumerable.Repeat(1, 64), 6] }));
        HostileFileTests.AssertFails("a buffer is beyond its end", TfliteBytes.Model(Kernel with { IsBehind = true })[..^1]);
        byte[] damaged = [.. file];
        BinaryPrimitives.WriteUInt32LittleEndian(damaged, uint.MaxValue);
        HostileFileTests.AssertFails("truncated or damaged", damaged);
    }

    private static void Read(byte[] file, Action<TfliteReader> check)
    {
        using TemporaryFolder folder = new();
        using TfliteReader model = Assert.IsType<TfliteReader>(ModelFile.Open(folder.Write("model.tflite", file)));
        check(model);
    }
}
