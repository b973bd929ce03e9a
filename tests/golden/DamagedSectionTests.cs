using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Abi;
using Weightless.Tests.Differential;

namespace Weightless.Tests.Golden;

/// <summary>
/// Golden tensors whose sections end early or have bits flipped, under right checksums: each way to decode one answers a
/// status, all of them the same, and what is decoded is the same too.
/// </summary>
public class DamagedSectionTests
{
    public static TheoryData<string> Names => GoldenFileTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_section_that_ends_early(string name)
    {
        foreach ((EncodedTensor[] tensors, int damaged) in Tensors(name))
        {
            ReadOnlyMemory<byte> section = tensors[damaged].Section;
            for (int length = 0; length < section.Length; length += length < 32 || length > section.Length - 16 ? 1 : section.Length / 32 + 1)
                Check(tensors, damaged, section[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_section_with_bits_flipped(string name)
    {
        Random random = new(1);
        foreach ((EncodedTensor[] tensors, int damaged) in Tensors(name))
        {
            for (int i = 0; i < 150 && tensors[damaged].Section.Length > 0; i++)
            {
                byte[] section = tensors[damaged].Section.ToArray();
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                    section[random.Next(i % 2 == 0 ? Math.Min(section.Length, 24) : section.Length)] ^= (byte)(1 << random.Next(8));
                Check(tensors, damaged, section);
            }
        }
    }

    /// <summary>The tensors of a golden file, once for each of them.</summary>
    private static unsafe IEnumerable<(EncodedTensor[] Tensors, int Damaged)> Tensors(string name)
    {
        using WlsFile file = WlsFile.Open(Path.Join(GoldenFiles.Folder, name + ".wls"));
        EncodedTensor[] tensors = [.. file.Tensors.Select(Encoded)];
        return [.. Enumerable.Range(0, tensors.Length).Select(i => (tensors, i))];

        static EncodedTensor Encoded(WlsTensor tensor)
        {
            TensorEntry entry = tensor.Entry;
            byte[] section = new ReadOnlySpan<byte>(entry.Section, (int)entry.SectionBytes).ToArray();
            return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, tensor.Method, tensor.Coder, section, entry.HalfCodebook);
        }
    }

    private static void Check(EncodedTensor[] tensors, int damaged, ReadOnlyMemory<byte> section)
    {
        EncodedTensor[] changed = [.. tensors];
        EncodedTensor whole = tensors[damaged];
        changed[damaged] = new EncodedTensor(whole.Name, whole.Type, whole.Shape, whole.Method, whole.Coder, section, whole.HalfCodebook);
        using LibraryModel model = new(Library.Managed, GoldenFiles.Bytes(changed));
        if (model.Status != Status.Ok)
        {
            // A stored section is its tensor's elements, no more and no less.
            Assert.Equal(Status.Directory, model.Status);
            return;
        }
        for (uint i = 0; i < model.Count; i++)
        {
            // One may have taken its dead columns from the damaged one.
            Status opened = model.TryInfo(i, out TensorFacts info);
            if (opened == Status.Ok)
                CheckDecoding(model, i, info);
            else
                Assert.Equal(Status.Corrupt, opened);
        }
    }

    private static void CheckDecoding(LibraryModel model, uint tensor, TensorFacts info)
    {
        ElementType type = (ElementType)info.Type;
        int rows = (int)info.Rows, columns = (int)info.Columns;
        Status status = model.TryDecode(tensor, type, out byte[] elements);
        Assert.True(status is Status.Ok or Status.Corrupt);
        Assert.Equal(status, model.TryDecodeCsr(tensor, type, out Sparse sparse));
        if (status == Status.Ok)
            Assert.Equal(Reference.ToSparse(elements, rows, columns, ElementTypes.Size(type)).Values, sparse.Values);
        if (Palette.CanDecode(type, ElementType.F32))
            Assert.Equal(status, model.TryMultiply(tensor, Reference.Input(columns), out _));
    }
}
