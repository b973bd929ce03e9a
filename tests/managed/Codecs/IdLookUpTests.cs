using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Ids to elements, packed ids among them, by every variant that this machine has.</summary>
[Collection(nameof(InstructionSets))]
public sealed unsafe class IdLookUpTests : IDisposable
{
    private static readonly InstructionSet[] Variants = [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable)];

    private readonly InstructionSet _current = InstructionSets.Current;

    public void Dispose() => InstructionSets.Current = _current;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void All_variants_look_up_what_the_table_has(int size)
    {
        Random random = new(size);
        byte[] table = new byte[Palette.TableLength * size];
        random.NextBytes(table.AsSpan(size));
        foreach (int alphabet in (int[])[1, 2, 15, 16, 17, 200, 256])
        {
            foreach (int count in (int[])[0, 1, 15, 16, 63, 64, 65, 500])
            {
                // Half of them 0.
                byte[] ids = [.. Enumerable.Range(0, count).Select(_ => (byte)(random.Next(2) * random.Next(alphabet)))];
                byte[] expected = [.. ids.SelectMany(id => table[(id * size)..((id + 1) * size)])];
                foreach (InstructionSet set in Variants)
                {
                    Assert.Equal(expected, Run(IdLookUp.Choose(set, alphabet, size), ids, table, size));
                    Assert.Equal(expected, Run(IdLookUp.ChooseSparse(set, alphabet, size), ids, table, size));
                }
            }
        }
    }

    /// <summary>Bytes may overwrite their ids.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(256)]
    public void Bytes_are_looked_up_in_place(int alphabet)
    {
        byte[] table = [.. Enumerable.Range(0, Palette.TableLength).Select(i => (byte)(i * 7 + 3))];
        foreach (InstructionSet set in Variants)
        {
            byte[] ids = [.. Enumerable.Range(0, 777).Select(i => (byte)(i * 5 % alphabet))];
            byte[] expected = [.. ids.Select(id => table[id])];
            fixed (byte* place = ids, elements = table)
            {
                IdLookUp.Choose(set, alphabet, 1)(place, (ulong)ids.Length, elements, place);
            }
            Assert.Equal(expected, ids);
        }
    }

    /// <summary>Any range of packed ids of every width, to elements of every size.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(15)]
    [InlineData(31)]
    [InlineData(63)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(255)]
    public void Packed_ids_are_found_anywhere(int clusters)
    {
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (61, 53), (3, 1024), (9, 700)])
        {
            ClusteredTensor layer = RandomLayers.Make(rows, columns, clusters, 0.8, clusters);
            using WlsFile file = WlsFiles(layer);
            WlsTensor tensor = file.Tensors[0];
            foreach (InstructionSet set in Variants)
            {
                InstructionSets.Current = set;
                foreach (ElementType output in (ElementType[])[ElementType.Id8, ElementType.F32, ElementType.BF16])
                {
                    int size = ElementTypes.Size(output);
                    byte[] all = tensor.Decode(output);
                    for (int i = 0; i < layer.Ids.Length; i++)
                        Assert.Equal(Element(layer, i, output), all.AsSpan(i * size, size).ToArray());
                    BandReader bands = new(tensor, output);
                    for (int row = 0; row < rows; row += 2)
                    {
                        int count = Math.Min(rows - row, 5);
                        Assert.Equal(all.AsSpan(row * columns * size, count * columns * size).ToArray(), bands.Read(row, count));
                    }
                }
            }
        }
    }

    private static WlsFile WlsFiles(ClusteredTensor layer)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, [Encoded.By(layer, Method.Dense, Coder.None)]);
        return WlsFile.Open(stream.ToArray());
    }

    private static byte[] Element(ClusteredTensor layer, int index, ElementType output)
    {
        byte id = layer.Ids[index];
        uint bits = output == ElementType.Id8 ? id : id == 0 ? 0 : Palette.Convert(layer.Centroids[id - 1], layer.Type, output);
        return BitConverter.GetBytes(bits)[..ElementTypes.Size(output)];
    }

    private static byte[] Run(delegate*<byte*, ulong, void*, void*, void> kernel, byte[] ids, byte[] table, int size)
    {
        byte[] output = new byte[ids.Length * size + 1];
        fixed (byte* from = ids, elements = table, to = output)
        {
            kernel(from, (ulong)ids.Length, elements, to);
        }
        Assert.Equal(0, output[^1]);
        return output[..^1];
    }
}
