using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

public class NpzTests
{
    // numpy.savez_compressed of fc.weight = asfortranarray(arange(6, dtype=float32).reshape(2, 3)) and b = array([-1, 2], int8).
    private const string MadeByNumpy =
        "UEsDBBQAAAAIAAAAIQDOLODTVgAAAJgAAAANABQAZmMud2VpZ2h0Lm5weQEAEACYAAAAAAAAAFYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNm" +
        "oq6joJ6WX1RSlJgXn1+UkgoSDykqTQUKF2ckFqQCuRpGOgrGmjoKtQrkAy4GMHBwYGBosAdiBxCHgWGBAwBQSwMEFAAAAAgAAAAhAP3pxyxGAAAAggAA" +
        "AAUAFABiLm5weQEAEACCAAAAAAAAAEYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXpNpqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvka" +
        "RjqaOgq1ChQArv9MAFBLAQIUAxQAAAAIAAAAIQDOLODTVgAAAJgAAAANAAAAAAAAAAAAAACAAQAAAABmYy53ZWlnaHQubnB5UEsBAhQDFAAAAAgAAAAh" +
        "AP3pxyxGAAAAggAAAAUAAAAAAAAAAAAAAIABlQAAAGIubnB5UEsFBgAAAAACAAIAbgAAABIBAAAAAA==";

    // Offsets in an entry of the central directory.
    private const int FlagsField = 8;
    private const int MethodField = 10;
    private const int CrcField = 16;
    private const int CompressedField = 20;
    private const int SizeField = 24;

    // Of an entry whose name has five bytes.
    private const int LocalHeaderBytes = 35;

    private static readonly byte[] SmallArray = ModelBytes.Npy("<f4", "(2, 3)", 24);

    [Fact]
    public void A_file_of_numpy_is_read()
    {
        using var folder = new TemporaryFolder();
        using ModelFile model = ModelFile.Open(folder.Write("model", Convert.FromBase64String(MadeByNumpy)));
        Assert.Equal(["fc.weight", "b"], model.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], model.Tensors[0].Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5], MemoryMarshal.Cast<byte, float>(model.Tensors[0].Data.Span).ToArray());
        Assert.Equal(ElementType.I8, model.Tensors[1].Type);
        Assert.Equal(new byte[] { 255, 2 }, model.Tensors[1].Data.ToArray());
    }

    [Fact]
    public void An_empty_archive_is_an_empty_model()
    {
        using var folder = new TemporaryFolder();
        ModelWriter.Write(folder["model.npz"], Enumerable.Empty<Tensor>());
        using ModelFile model = ModelFile.Open(folder["model.npz"]);
        Assert.Empty(model.Tensors);
    }

    [Fact]
    public void A_zip_of_something_else_is_no_npz() =>
        HostileFileTests.AssertFails("'model/data.pkl' is not a .npy", ModelBytes.Zip(("model/data.pkl", [1, 2, 3])));

    [Fact]
    public void Two_entries_of_a_name_are_an_error() =>
        HostileFileTests.AssertFails("two entries named 'a.npy'", ModelBytes.Zip(("a.npy", SmallArray), ("a.npy", SmallArray)));

    [Fact]
    public void An_entry_that_is_no_array_is_an_error()
    {
        HostileFileTests.AssertFails("header", ModelBytes.Zip(("a.npy", "certainly not an array"u8.ToArray())));
        HostileFileTests.AssertFails("damaged", ModelBytes.Zip(("a.npy", [])));
    }

    [Fact]
    public void An_array_that_inflates_to_more_than_its_header_says_is_an_error()
    {
        // 30 MB of zeros behind a header that asks for 24 bytes.
        byte[] bomb = [.. ModelBytes.Npy("<f4", "(2, 3)", 0), .. new byte[30_000_000]];
        HostileFileTests.AssertFails("asks for 24 bytes of data but has 30000000", ModelBytes.Zip(("a.npy", bomb)));
    }

    [Fact]
    public void An_array_larger_than_deflate_could_hold_is_refused_before_it_is_allocated()
    {
        byte[] header = ModelBytes.Npy("|u1", "(2000000000,)", 0);
        byte[] zip = ModelBytes.Zip(("a.npy", header));
        HostileFileTests.AssertFails("asks for 2000000000 bytes", zip);
        Patch(zip, SizeField, (uint)(header.Length + 2_000_000_000));
        HostileFileTests.AssertFails("cannot inflate", zip);
    }

    [Fact]
    public void A_size_that_the_data_does_not_have_is_an_error()
    {
        byte[] file = ModelBytes.Zip(("a.npy", SmallArray));
        Patch(file, SizeField, (uint)SmallArray.Length + 1);
        HostileFileTests.AssertFails("asks for 24 bytes of data but has 25", file);

        // The header and the directory agree, but there are fewer bytes, or more.
        foreach (int bytes in new[] { 23, 25, 100_000 })
        {
            file = ModelBytes.Zip(("a.npy", [.. ModelBytes.Npy("<f4", "(2, 3)", 0), .. new byte[bytes]]));
            Patch(file, SizeField, (uint)SmallArray.Length);
            HostileFileTests.AssertFails("", file);
        }
    }

    [Fact]
    public void A_wrong_checksum_is_an_error()
    {
        byte[] file = ModelBytes.Zip(("a.npy", SmallArray));
        Patch(file, CrcField, 12345);
        HostileFileTests.AssertFails("damaged", file);
    }

    [Fact]
    public void Entries_that_share_their_bytes_are_an_error()
    {
        // The first entry reaches over the second, up to the directory.
        var noise = new byte[1000];
        new Random(1).NextBytes(noise);
        byte[] array = [.. ModelBytes.Npy("|u1", "(1000,)", 0), .. noise];
        byte[] file = ModelBytes.Zip(("a.npy", array), ("b.npy", array));
        Patch(file, CompressedField, (uint)(Directory(file) - LocalHeaderBytes));
        HostileFileTests.AssertFails("larger than the file", file);
    }

    [Fact]
    public void An_encrypted_entry_is_an_error()
    {
        byte[] file = ModelBytes.Zip(("a.npy", SmallArray));
        file[Directory(file) + FlagsField] |= 1;
        HostileFileTests.AssertFails("encrypted", file);
    }

    [Fact]
    public void Another_compression_method_is_an_error()
    {
        byte[] file = ModelBytes.Zip(("a.npy", SmallArray));
        file[Directory(file) + MethodField] = 12;
        HostileFileTests.AssertFails("packed in a way", file);
    }

    [Fact]
    public void Data_may_be_fetched_from_many_threads()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        Tensor[] tensors = [.. Enumerable.Range(0, 8).Select(i =>
        {
            var data = new byte[100_000];
            random.NextBytes(data);
            return new Tensor($"t{i}", ElementType.U8, [data.Length], data);
        })];
        ModelWriter.Write(folder["model.npz"], tensors);
        using ModelFile model = ModelFile.Open(folder["model.npz"]);
        Parallel.For(0, 64, i => Assert.True(model.Tensors[i % 8].Data.Span.SequenceEqual(tensors[i % 8].Data.Span)));
    }

    private static void Patch(byte[] zip, int field, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(Directory(zip) + field), value);

    private static int Directory(byte[] zip) => zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
}
