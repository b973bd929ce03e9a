using CsCheck;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs.Context;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Sections that no encoder writes, under right checksums: it is not the checksum that keeps us safe.</summary>
public unsafe class ContextHostileTests
{
    [Theory]
    [InlineData("")] // nothing
    [InlineData("03")] // no flags
    [InlineData("03 00")] // no count
    [InlineData("00 01 00")] // no clusters, but a mode
    [InlineData("00 00 05")] // no clusters, but non-zeros
    [InlineData("03 06 05")] // no such mode
    [InlineData("03 07 05")]
    [InlineData("03 01 ffff7f")] // more non-zeros than weights
    [InlineData("03 00 05")] // gaps without classes
    [InlineData("03 00 05 00")] // no gap class
    [InlineData("03 41 05 04")] // background beyond the values
    [InlineData("03 81 05 00")] // period 0
    [InlineData("03 81 05 8120")] // period 4097
    [InlineData("03 21 05 00")] // a parent without a column mask
    public void Contradictory_parameters_are_refused(string hex) => Assert.Throws<ModelFormatException>(
        () => ContextTests.Write(ContextTests.Raw("t", [30, 30], Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))));

    [Theory]
    [InlineData(2_000_000, 30, 0x09)]
    [InlineData(30, 70_000, 0x11)]
    [InlineData(1, 3_000_000_000, 0x01)]
    public void Masks_and_columns_have_their_bounds(long rows, long columns, byte flags) => Assert.Throws<ModelFormatException>(
        () => ContextTests.Write(ContextTests.Raw("t", [rows, columns], [3, flags, 5, .. new byte[9]])));

    [Fact]
    public void A_stream_that_ends_early_gets_a_status()
    {
        foreach (int strength in new[] { 1, 9 })
        {
            ClusteredTensor layer = RandomLayers.Make(40, 49, 9, 0.3, seed: 1);
            EncodedTensor encoded = Encoded.ByContext(layer, strength);
            for (int length = 0; length < encoded.Section.Length - 8; length += 7)
                Assert.NotEqual(Status.Ok, Decode(ContextTests.Raw("t", [40, 49], encoded.Section[..length].ToArray()), ElementType.F32));
        }
        foreach (ClusteredTensor layer in new[] { ContextLevelsTests.Scaled(20, 30), ContextLevelsTests.Smooth(20, 30) })
        {
            EncodedTensor encoded = Encoded.ByContext(layer);
            for (int length = 0; length < encoded.Section.Length - 8; length += 7)
                Assert.NotEqual(Status.Ok, Decode(ContextTests.Raw("t", [20, 30], encoded.Section[..length].ToArray()), ElementType.F32));
        }
    }

    [Fact]
    public void Damage_is_survived()
    {
        Gen<ClusteredTensor> levels = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 40], Gen.Bool).Select((rows, columns, smooth) =>
            smooth ? ContextLevelsTests.Smooth(rows, columns) : ContextLevelsTests.Scaled(rows, columns));
        Gen.Select(Gen.OneOf(RandomLayers.Any, levels), Gen.Int[1, 9], Gen.Int).Sample((layer, strength, seed) =>
        {
            byte[] section = Encoded.ByContext(layer, strength).Section.ToArray();
            Random random = new(seed);
            for (int i = 0; i < 4; i++)
            {
                byte[] damaged = (byte[])section.Clone();
                // Parameters, or the stream.
                damaged[random.Next(random.Next(2) == 0 ? Math.Min(6, damaged.Length) : damaged.Length)] ^= (byte)(1 << random.Next(8));
                Decode(ContextTests.Raw("t", [.. layer.Shape], damaged), ElementType.Id8);
            }
        }, iter: 300);
    }

    /// <summary>A few bytes may announce rows without end; a band far behind them must not take for ever to be refused.</summary>
    [Theory]
    [InlineData(0x00, 0x00)]
    [InlineData(0x00, 0xff)]
    [InlineData(0x01, 0x00)]
    [InlineData(0x01, 0xff)]
    [InlineData(0x03, 0x00)]
    [InlineData(0x03, 0xff)]
    [InlineData(0x04, 0x00)]
    [InlineData(0x04, 0xff)]
    [InlineData(0x05, 0x00)]
    [InlineData(0x05, 0xff)]
    [InlineData(0x10, 0xff)]
    [InlineData(0x11, 0xff)]
    [InlineData(0x13, 0xff)]
    [InlineData(0x14, 0xff)]
    public void Endless_rows_come_to_an_end(byte flags, byte fill)
    {
        long rows = 1L << 40;
        byte[] section = [3, flags, 5, .. (flags & ContextHeader.ModeBits) == 0 ? new byte[] { 255 } : [], .. Enumerable.Repeat(fill, 40)];
        try
        {
            using WlsFile file = ContextTests.Write(ContextTests.Raw("t", [rows, 16], section));
            byte[] dst = new byte[16];
            byte[] workspace = new byte[file.Tensors[0].WorkspaceSize];
            fixed (byte* to = dst, scratch = workspace)
                file.Tensors[0].DecodeRows(ElementType.Id8, (ulong)rows - 1, 1, to, 16, scratch, (nuint)workspace.Length);
        }
        catch (ModelFormatException)
        {
        }
    }

    /// <summary>Nor must rows for which there is nothing to read: one gap, one value, so that all weights are the same.</summary>
    [Fact]
    public void Endless_rows_that_take_no_input_are_not_gone_through()
    {
        const ulong rows = 1ul << 40;
        BitWriter section = new();
        section.WriteBytes([1, 0]);
        section.WriteVarint(rows * 16);
        section.WriteBytes([1, 0, 0, 0, 0]);
        using WlsFile file = ContextTests.Write(ContextTests.Raw("t", [(long)rows, 16], section.ToArray()));
        WlsTensor decoder = file.Tensors[0];
        byte[] dst = new byte[16];
        byte[] workspace = new byte[decoder.WorkspaceSize];
        fixed (byte* to = dst, scratch = workspace)
        {
            foreach (ulong row in new ulong[] { 0, rows / 2, rows - 2, rows - 1, 1 })
            {
                dst.AsSpan().Clear();
                Assert.Equal(Status.Ok, decoder.DecodeRows(ElementType.Id8, row, 1, to, 16, scratch, (nuint)workspace.Length));
                Assert.False(dst.AsSpan().ContainsAnyExcept((byte)1));
            }
        }
    }

    /// <summary>Decodes between guard bytes, and says how it went.</summary>
    private static Status Decode(EncodedTensor encoded, ElementType output)
    {
        const int guard = 64;
        try
        {
            using WlsFile file = ContextTests.Write(encoded);
            WlsTensor tensor = file.Tensors[0];
            int bytes = (int)tensor.Weights * ElementTypes.Size(output);
            byte[] dst = new byte[bytes + 2 * guard];
            byte[] workspace = new byte[(int)tensor.WorkspaceSize + 2 * guard];
            Array.Fill(dst, (byte)0xa5);
            Array.Fill(workspace, (byte)0xa5);
            Status status;
            fixed (byte* to = dst, scratch = workspace)
            {
                status = tensor.DecodeRows(output, 0, (ulong)tensor.Rows, to + guard, (nuint)bytes, scratch + guard,
                    (nuint)(workspace.Length - 2 * guard));
            }
            foreach (byte[] memory in new[] { dst, workspace })
            {
                Assert.False(memory.AsSpan(0, guard).ContainsAnyExcept((byte)0xa5));
                Assert.False(memory.AsSpan(memory.Length - guard).ContainsAnyExcept((byte)0xa5));
            }
            return status;
        }
        catch (ModelFormatException)
        {
            return Status.Corrupt;
        }
    }
}
