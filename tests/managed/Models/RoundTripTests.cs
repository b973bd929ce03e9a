using CsCheck;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

public class RoundTripTests
{
    private static readonly ElementType[] AllTypes = [.. Enum.GetValues<ElementType>().Where(type => type != ElementType.Id8)];
    private static readonly ElementType[] NumpyTypes = [.. AllTypes.Where(type => type != ElementType.BF16)];

    [Fact]
    public void Safetensors() => Check("model.safetensors", AllTypes, 0, 5);

    [Fact]
    public void Npz() => Check("model.npz", NumpyTypes, 0, 5);

    [Fact]
    public void Npy() => Check("model.npy", NumpyTypes, 1, 1);

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.npz")]
    public void Awkward_names_come_back(string file)
    {
        string[] names = ["", "/etc/passwd", "../../x", "a\\b", "a\"b\n\0", "ärger 重み 🦊", "a.npy", ".", new('n', 65531)];
        using var folder = new TemporaryFolder();
        ModelWriter.Write(folder[file], names.Select(name => new Tensor(name, ElementType.U8, [1], new byte[1])));
        using ModelFile model = ModelFile.Open(folder[file]);
        Assert.Equal(names, model.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([file], folder.Names());
    }

    private static void Check(string file, ElementType[] types, int fewest, int most)
    {
        Gen<Tensor> tensor =
            from name in Gen.String[Gen.Char.AlphaNumeric, 1, 20]
            from type in Gen.Int[0, types.Length - 1].Select(i => types[i])
            from shape in Gen.Int[0, 5].Select(dimension => (long)dimension).Array[0, 4]
            from data in Gen.Byte.Array[(int)shape.Aggregate(1L, (a, b) => a * b) * ElementTypes.Size(type)]
            select new Tensor(name, type, shape, data);

        tensor.Array[fewest, most].Sample(
            model =>
            {
                using var folder = new TemporaryFolder();
                Tensor[] tensors = [.. model.DistinctBy(t => t.Name)];
                ModelWriter.Write(folder[file], tensors);
                using ModelFile read = ModelFile.Open(folder[file]);
                Assert.Equal(tensors.Length, read.Tensors.Count);
                foreach ((Tensor expected, Tensor actual) in tensors.Zip(read.Tensors))
                {
                    Assert.Equal(file == "model.npy" ? "model" : expected.Name, actual.Name);
                    Assert.Equal(expected.Type, actual.Type);
                    Assert.Equal(expected.Shape, actual.Shape);
                    Assert.Equal(expected.Data.ToArray(), actual.Data.ToArray());
                    Assert.Equal(actual.Shape.Aggregate(1L, (a, b) => a * b), actual.Count);
                }
            },
            iter: 300);
    }
}
