using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Differential;

namespace Weightless.Tests.Codecs;

public class StoredTests
{
    public static TheoryData<ElementType> Types =>
        [.. Enum.GetValues<ElementType>().Where(type => type != ElementType.Id8)];

    /// <summary>Any bits at all, NaNs and infinities among them, as they are and as every float type they decode to.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Elements_come_back_as_they_are_and_converted(ElementType type)
    {
        const int rows = 40, columns = 50;
        int size = ElementTypes.Size(type);
        byte[] data = new byte[rows * columns * size];
        new Random((int)type).NextBytes(data);
        MemoryStream stream = new();
        WlsWriter.Write(stream, [EncodedTensor.Store(new Tensor("t", type, [rows, columns], data))]);
        using WlsFile file = WlsFile.Open(stream.ToArray());
        WlsTensor tensor = file.Tensors[0];
        Assert.Equal(data, tensor.Decode(type));
        foreach (ElementType output in Reference.Outputs(type, Method.Stored).Where(output => output != type))
        {
            byte[] converted = tensor.Decode(output);
            for (int i = 0; i < rows * columns; i++)
                Assert.Equal(Palette.Convert(Bits(data, i, size), type, output), Bits(converted, i, ElementTypes.Size(output)));
            Assert.Equal(converted[(7 * columns * ElementTypes.Size(output))..], new BandReader(tensor, output).Read(7, rows - 7));
        }
        Assert.Equal(ElementTypes.IsFloat(type) ? 3 : ElementTypes.IsCodable(type) ? 2 : 1, Reference.Outputs(type, Method.Stored).Count());
    }

    private static uint Bits(byte[] elements, int index, int size) => size switch
    {
        1 => elements[index],
        2 => BitConverter.ToUInt16(elements, 2 * index),
        _ => BitConverter.ToUInt32(elements, 4 * index),
    };
}
