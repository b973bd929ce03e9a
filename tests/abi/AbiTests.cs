using System.Runtime.InteropServices;
using System.Text;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;
using Weightless.Tests.Golden;

namespace Weightless.Tests.Abi;

/// <summary>What include/weightless.h promises of arguments, of either build.</summary>
public unsafe class AbiTests
{
    private const uint F32 = (uint)ElementType.F32;
    private const uint I64 = (uint)ElementType.I64;

    public static TheoryData<string> Builds => Library.NativePath is null ? ["managed"] : ["managed", "native"];

    [Theory]
    [MemberData(nameof(Builds))]
    public void The_version_is_that_of_the_assembly(string build)
    {
        Library library = Of(build);
        Version version = typeof(Exports).Assembly.GetName().Version!;
        Assert.Equal((uint)(version.Major << 16 | version.Minor << 8 | version.Build), library.Version());
        Assert.Equal(Status.Ok, library.Init());
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Every_status_has_a_sentence_of_its_own(string build)
    {
        Library library = Of(build);
        string Sentence(Status status) => Marshal.PtrToStringUTF8((nint)library.StatusString(status))!;
        Status[] statuses = Enum.GetValues<Status>();
        string[] sentences = [.. statuses.Select(Sentence)];
        Assert.All(sentences, sentence => Assert.Matches("^[ -~]{5,}$", sentence));
        Assert.Equal(statuses.Select(StatusText.ToString), sentences);
        string unknown = Sentence((Status)8);
        Assert.DoesNotContain(unknown, sentences);
        foreach (int number in new[] { -1, 15, 23, 47, 49, 1000, int.MaxValue, int.MinValue })
            Assert.Equal(unknown, Sentence((Status)number));
        Assert.Equal(sentences.Length, sentences.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_model_that_is_not_open_is_an_argument_error_everywhere(string build)
    {
        Library library = Of(build);
        Model unopened = default;
        foreach (nint address in new[] { 0, (nint)(&unopened) })
        {
            Model* model = (Model*)address;
            TensorFacts info;
            nuint size;
            uint index;
            fixed (byte* name = "layer\0"u8)
            {
                Assert.Equal(Status.Argument, library.FindTensor(model, name, &index));
            }
            Assert.Equal(0u, library.TensorCount(model));
            Assert.Equal(Status.Argument, library.TensorInfo(model, 0, (TensorInfo*)&info));
            Assert.Equal(Status.Argument, library.WorkspaceSize(model, 0, &size));
            Assert.Equal(Status.Argument, library.Verify(model));
            Assert.Equal(Status.Argument, library.Decode(model, 0, F32, (byte*)&info, (nuint)sizeof(TensorFacts), null, 0));
            Assert.Equal(Status.Argument, library.DecodeRows(model, 0, F32, 0, 1, (byte*)&info, (nuint)sizeof(TensorFacts), null, 0));
            Assert.Equal(Status.Argument, library.DecodeCsr(model, 0, F32, null, 0, null, null, 0, null, 0));
            Assert.Equal(Status.Argument, library.MatVec(model, 0, null, 0, null, 0, null, 0));
        }
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_null_pointer_to_a_result_is_an_argument_error(string build)
    {
        Library library = Of(build);
        using LibraryModel model = Sparse(library);
        Model other;
        fixed (byte* bytes = "WLS"u8)
        {
            Assert.Equal(Status.Argument, library.Open(null, 3, &other));
            Assert.Equal(Status.Argument, library.Open(bytes, 3, null));
            Assert.Equal(Status.Argument, library.FindTensor(model.Model, bytes, null));
        }
        uint index;
        Assert.Equal(Status.Argument, library.FindTensor(model.Model, null, &index));
        Assert.Equal(Status.Argument, library.TensorInfo(model.Model, 0, null));
        Assert.Equal(Status.Argument, library.WorkspaceSize(model.Model, 0, null));
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_failed_open_leaves_no_model(string build)
    {
        Library library = Of(build);
        using LibraryModel model = Sparse(library);
        fixed (byte* text = "not a .wls file"u8)
        {
            Assert.Equal(Status.Magic, library.Open(text, 15, model.Model));
        }
        Assert.Equal(0u, library.TensorCount(model.Model));
        Assert.Equal(Status.Argument, library.Verify(model.Model));
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void No_tensor_has_an_index_or_a_name_beyond_the_files(string build)
    {
        Library library = Of(build);
        using LibraryModel model = Sparse(library);
        TensorFacts info;
        nuint size;
        uint index = 77;
        foreach (uint beyond in new[] { 1u, uint.MaxValue })
        {
            Assert.Equal(Status.NoTensor, library.TensorInfo(model.Model, beyond, (TensorInfo*)&info));
            Assert.Equal(Status.NoTensor, library.WorkspaceSize(model.Model, beyond, &size));
            Assert.Equal(Status.NoTensor, library.Decode(model.Model, beyond, F32, null, 0, null, 0));
            Assert.Equal(Status.NoTensor, library.DecodeRows(model.Model, beyond, F32, 0, 0, null, 0, null, 0));
            Assert.Equal(Status.NoTensor, library.DecodeCsr(model.Model, beyond, F32, null, 0, null, null, 0, null, 0));
            Assert.Equal(Status.NoTensor, library.MatVec(model.Model, beyond, null, 0, null, 0, null, 0));
        }
        foreach (string name in new[] { "", "laye", "layer0", "LAYER" })
        {
            fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
            {
                Assert.Equal(Status.NoTensor, library.FindTensor(model.Model, bytes, &index));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Every_tensor_of_a_golden_file_is_found_by_its_name_and_says_what_it_is(string build)
    {
        Library library = Of(build);
        foreach (string path in Directory.EnumerateFiles(GoldenFiles.Folder, "*.wls"))
        {
            using WlsFile file = WlsFile.Open(path);
            using LibraryModel model = new(library, File.ReadAllBytes(path));
            Assert.Equal(Status.Ok, model.Status);
            Assert.Equal(Status.Ok, library.Verify(model.Model));
            Assert.Equal((uint)file.Tensors.Count, model.Count);
            for (uint i = 0; i < model.Count; i++)
            {
                WlsTensor tensor = file.Tensors[(int)i];
                TensorFacts facts = model.Info(i);
                uint found;
                fixed (byte* name = Encoding.UTF8.GetBytes(tensor.Name + '\0'))
                {
                    Assert.Equal(Status.Ok, library.FindTensor(model.Model, name, &found));
                }
                Assert.Equal(i, found);
                Assert.Equal(tensor.Name, Encoding.UTF8.GetString(facts.Name, (int)facts.NameLength));
                Assert.Equal(tensor.Shape.Count, (int)facts.Rank);
                for (int d = 0; d < Limits.MaxRank; d++)
                    Assert.Equal(d < tensor.Shape.Count ? tensor.Shape[d] : 1, (long)facts.Shape[d]);
                Assert.Equal((tensor.Rows, tensor.Columns, tensor.Nonzeros, tensor.EncodedBytes),
                    ((long)facts.Rows, (long)facts.Columns, (long)facts.Nonzeros, (long)facts.EncodedBytes));
                Assert.Equal(((uint)tensor.Type, (uint)tensor.Method, (uint)tensor.Coder), (facts.Type, facts.Method, facts.Coder));
                Assert.Equal(((uint)tensor.Clusters, (uint)tensor.CellBits, 0u), (facts.Clusters, facts.CellBits, facts.Reserved));
                Assert.Equal(tensor.Method == Method.Stored, facts.Stored != null);
                if (facts.Stored != null)
                    Assert.Equal(tensor.Decode(tensor.Type), new ReadOnlySpan<byte>(facts.Stored, (int)tensor.DenseBytes).ToArray());
            }
        }
    }

    /// <summary>Each check of wl_decode_rows alone: everything else about the call is right.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public void Decoding_rows_checks_type_rows_sizes_and_pointers(string build)
    {
        Library library = Of(build);
        using LibraryModel model = Sparse(library);
        TensorFacts info = model.Info(0);
        byte[] dst = new byte[info.Rows * info.Columns * 4];
        byte[] workspace = new byte[model.WorkspaceSize(0)];
        fixed (byte* to = dst, scratch = workspace)
        {
            nuint size = (nuint)dst.Length, row = (nuint)info.Columns * 4, scratchSize = (nuint)workspace.Length;
            Assert.True(scratchSize > 0);
            foreach (uint type in new uint[] { 13, 31, 33, 255, 256, uint.MaxValue })
            {
                Assert.Equal(Status.Argument, library.Decode(model.Model, 0, type, to, size, scratch, scratchSize));
                Assert.Equal(Status.Argument, library.DecodeRows(model.Model, 0, type, 0, 1, to, size, scratch, scratchSize));
            }
            foreach (ElementType type in new[] { ElementType.I8, ElementType.U8, ElementType.F64, ElementType.I64, ElementType.Bool })
                Assert.Equal(Status.Type, library.Decode(model.Model, 0, (uint)type, to, size, scratch, scratchSize));
            (ulong First, ulong Count)[] outside =
            [
                (0, info.Rows + 1), (info.Rows, 1), (info.Rows + 1, 0), (1, ulong.MaxValue), (ulong.MaxValue, 1),
                (ulong.MaxValue / 2 + 1, ulong.MaxValue / 2 + 1),
            ];
            foreach ((ulong first, ulong count) in outside)
                Assert.Equal(Status.Rows, library.DecodeRows(model.Model, 0, F32, first, count, to, size, scratch, scratchSize));
            Assert.Equal(Status.DstSize, library.Decode(model.Model, 0, F32, to, size - 1, scratch, scratchSize));
            Assert.Equal(Status.DstSize, library.DecodeRows(model.Model, 0, F32, 0, 2, to, 2 * row - 1, scratch, scratchSize));
            Assert.Equal(Status.WorkspaceSize, library.Decode(model.Model, 0, F32, to, size, scratch, scratchSize - 1));
            Assert.Equal(Status.Argument, library.Decode(model.Model, 0, F32, null, size, scratch, scratchSize));
            Assert.Equal(Status.Argument, library.Decode(model.Model, 0, F32, to, size, null, scratchSize));
            Assert.All(dst, value => Assert.Equal(0, value));
            Assert.Equal(Status.Ok, library.DecodeRows(model.Model, 0, F32, 0, 0, null, 0, scratch, scratchSize));
            Assert.Equal(Status.Ok, library.DecodeRows(model.Model, 0, F32, info.Rows, 0, null, 0, scratch, scratchSize));
            Assert.Equal(Status.Ok, library.Decode(model.Model, 0, F32, to, size, scratch, scratchSize));
            Assert.Contains(dst, value => value != 0);
        }
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Sparse_rows_and_the_product_check_type_sizes_and_pointers(string build)
    {
        Library library = Of(build);
        using LibraryModel model = Sparse(library);
        TensorFacts info = model.Info(0);
        ulong[] offsets = new ulong[info.Rows + 1];
        float[] x = new float[info.Columns], y = new float[info.Rows];
        byte[] workspace = new byte[model.WorkspaceSize(0)];
        fixed (ulong* o = offsets)
        fixed (float* from = x, to = y)
        fixed (byte* scratch = workspace)
        {
            Model* m = model.Model;
            uint column;
            nuint offsetsSize = (nuint)offsets.Length * 8, xSize = (nuint)x.Length * 4, ySize = (nuint)y.Length * 4;
            nuint scratchSize = (nuint)workspace.Length;
            Assert.Equal(Status.Argument, library.DecodeCsr(m, 0, 77, o, offsetsSize, null, null, 0, scratch, scratchSize));
            Assert.Equal(Status.Type, library.DecodeCsr(m, 0, I64, o, offsetsSize, null, null, 0, scratch, scratchSize));
            Assert.Equal(Status.DstSize, library.DecodeCsr(m, 0, F32, o, offsetsSize - 1, null, null, 0, scratch, scratchSize));
            Assert.Equal(Status.WorkspaceSize, library.DecodeCsr(m, 0, F32, o, offsetsSize, null, null, 0, scratch, scratchSize - 1));
            Assert.Equal(Status.Argument, library.DecodeCsr(m, 0, F32, null, offsetsSize, null, null, 0, scratch, scratchSize));
            Assert.Equal(Status.Argument, library.DecodeCsr(m, 0, F32, o, offsetsSize, null, null, 1, scratch, scratchSize));
            Assert.Equal(Status.Argument, library.DecodeCsr(m, 0, F32, o, offsetsSize, &column, null, 1, scratch, scratchSize));
            Assert.Equal(Status.Argument, library.DecodeCsr(m, 0, F32, o, offsetsSize, null, null, 0, null, scratchSize));
            Assert.Equal(Status.DstSize, library.DecodeCsr(m, 0, F32, o, offsetsSize, null, null, 0, scratch, scratchSize));
            Assert.Equal(info.Nonzeros, offsets[info.Rows]);

            Assert.Equal(Status.Argument, library.MatVec(m, 0, from, xSize - 1, to, ySize, scratch, scratchSize));
            Assert.Equal(Status.Argument, library.MatVec(m, 0, null, xSize, to, ySize, scratch, scratchSize));
            Assert.Equal(Status.Argument, library.MatVec(m, 0, from, xSize, null, ySize, scratch, scratchSize));
            Assert.Equal(Status.DstSize, library.MatVec(m, 0, from, xSize, to, ySize - 1, scratch, scratchSize));
            Assert.Equal(Status.WorkspaceSize, library.MatVec(m, 0, from, xSize, to, ySize, scratch, scratchSize - 1));
            Assert.Equal(Status.Argument, library.MatVec(m, 0, from, xSize, to, ySize, null, scratchSize));
            Assert.Equal(Status.Ok, library.MatVec(m, 0, from, xSize, to, ySize, scratch, scratchSize));
        }
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_stored_tensor_has_no_ids_and_one_of_i64_is_no_matrix_of_floats(string build)
    {
        Library library = Of(build);
        Encoder.Models.Tensor tensor = new("stored", ElementType.I64, [2, 3], Enumerable.Range(0, 48).Select(i => (byte)i).ToArray());
        using LibraryModel model = new(library, GoldenFiles.Bytes([EncodedTensor.Store(tensor)]));
        byte* dst = stackalloc byte[48];
        ulong* offsets = stackalloc ulong[3];
        float* xy = stackalloc float[6];
        Assert.Equal(Status.Type, library.Decode(model.Model, 0, (uint)ElementType.Id8, dst, 48, null, 0));
        Assert.Equal(Status.Type, library.Decode(model.Model, 0, F32, dst, 48, null, 0));
        Assert.Equal(Status.Type, library.DecodeCsr(model.Model, 0, (uint)ElementType.Id8, offsets, 24, null, null, 0, null, 0));
        Assert.Equal(Status.Type, library.MatVec(model.Model, 0, xy, 12, xy + 3, 8, null, 0));
        Assert.Equal(tensor.Data.ToArray(), model.Decode(0, ElementType.I64));
        Sparse sparse = model.DecodeCsr(0, ElementType.I64);
        Assert.Equal(new ulong[] { 0, 3, 6 }, sparse.RowOffsets);
        Assert.Equal(new uint[] { 0, 1, 2, 0, 1, 2 }, sparse.Columns);
        Assert.Equal(tensor.Data.ToArray(), sparse.Values);
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Columns_that_32_bits_cannot_number_have_no_sparse_rows(string build)
    {
        Library library = Of(build);
        EncodedTensor wide = new("wide", ElementType.F32, [1, (1L << 32) + 1], Method.Dense, Coder.Huffman, new byte[] { 0, 0, 0, 0, 0 });
        using LibraryModel model = new(library, GoldenFiles.Bytes([wide]));
        byte[] workspace = new byte[model.WorkspaceSize(0) + 1];
        ulong* offsets = stackalloc ulong[2];
        fixed (byte* scratch = workspace)
        {
            Assert.Equal(Status.DstSize, library.DecodeCsr(model.Model, 0, F32, offsets, 16, null, null, 0, scratch, (nuint)workspace.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_product_that_is_not_a_number_has_the_same_bits_on_every_machine(string build)
    {
        float[] weights = new float[2 * 40];
        weights.AsSpan(40).Fill(float.MaxValue);
        Encoder.Models.Tensor tensor = new("layer", ElementType.F32, [2, 40], MemoryMarshal.AsBytes(weights.AsSpan()).ToArray());
        using LibraryModel model = new(Of(build), GoldenFiles.Bytes([EncodedTensor.Store(tensor)]));
        // 0 times infinity, and infinity less infinity.
        float[] x = [float.PositiveInfinity, float.MaxValue, float.MinValue, .. new float[37]];
        Assert.Equal([0x7fc00000u, 0x7fc00000u], model.Multiply(0, x).Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_damaged_section_fails_verification_and_is_still_safe_to_decode(string build)
    {
        Library library = Of(build);
        byte[] file = GoldenFiles.Bytes([Encoded.By(RandomLayers.Make(9, 9, 3, 0.3, 1), Method.Csr, Coder.Huffman)]);
        file[^1] ^= 1;
        using LibraryModel model = new(library, file);
        Assert.Equal(Status.Checksum, library.Verify(model.Model));
        Assert.Equal(81 * 4, model.Decode(0, ElementType.F32).Length);
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_section_that_contradicts_itself_is_corrupt_everywhere(string build)
    {
        Library library = Of(build);
        // A palette of 200 centroids in three bytes.
        EncodedTensor damaged = new("damaged", ElementType.F32, [2, 2], Method.Dense, Coder.None, new byte[] { 200, 1, 2 });
        using LibraryModel model = new(library, GoldenFiles.Bytes([damaged]));
        Assert.Equal(Status.Ok, model.Status);
        Assert.Equal(Status.Corrupt, library.Verify(model.Model));
        Assert.Equal(Status.Corrupt, model.TryInfo(0, out TensorFacts facts));
        Assert.True(facts.Name == null);
        nuint size = 1;
        Assert.Equal(Status.Corrupt, library.WorkspaceSize(model.Model, 0, &size));
        Assert.Equal((nuint)0, size);
        Assert.Equal(Status.Corrupt, library.Decode(model.Model, 0, F32, null, 0, null, 0));
        Assert.Equal(Status.Corrupt, library.DecodeRows(model.Model, 0, F32, 0, 0, null, 0, null, 0));
        Assert.Equal(Status.Corrupt, library.DecodeCsr(model.Model, 0, F32, null, 0, null, null, 0, null, 0));
        Assert.Equal(Status.Corrupt, library.MatVec(model.Model, 0, null, 0, null, 0, null, 0));
    }

    // The native library has no heap to allocate on: there an allocation is an error.
    [Fact]
    public void Verifying_and_decoding_allocate_nothing()
    {
        Library library = Library.Managed;
        using LibraryModel model = Sparse(library);
        TensorFacts info = model.Info(0);
        byte[] dst = new byte[info.Rows * info.Columns * 4];
        byte[] workspace = new byte[model.WorkspaceSize(0)];
        long allocated = 1;
        fixed (byte* to = dst, scratch = workspace)
        {
            // In the first rounds the JIT may still be at work.
            for (int round = 0; round < 10 && allocated != 0; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                library.Verify(model.Model);
                library.Decode(model.Model, 0, F32, to, (nuint)dst.Length, scratch, (nuint)workspace.Length);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
        Assert.Equal(0, allocated);
    }

    private static Library Of(string build) => build == "native" ? Library.Native : Library.Managed;

    /// <summary>A tensor that needs a workspace.</summary>
    private static LibraryModel Sparse(Library library) =>
        new(library, GoldenFiles.Bytes([Encoded.By(RandomLayers.Make(20, 30, 9, 0.2, seed: 3), Method.Csr, Coder.Arithmetic)]));
}
