using CsCheck;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Codecs.Words;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Sections of method <c>words</c> that no encoder writes: a status, and not a byte outside of output and workspace.</summary>
[Collection(nameof(InstructionSets))]
public sealed unsafe class WordsHostileTests : IDisposable
{
    private const int Guard = 64;

    private readonly InstructionSet _current = InstructionSets.Current;

    public void Dispose() => InstructionSets.Current = _current;

    // A palette of one centroid and no non-zero, then kind, band, code and bands of ten weights.
    [Theory]
    [InlineData("01 0000803f 00 40 0a 00", "kind with a bit that must be 0")]
    [InlineData("01 0000803f 00 00 00 00", "bands of no weights")]
    [InlineData("01 0000803f 00 00 818002 00", "bands of more weights than there may be")]
    [InlineData("01 0000803f 00 00 05", "no offsets")]
    [InlineData("01 0000803f 00 00", "no band size")]
    [InlineData("00 00 00", "something behind a palette of no centroids")]
    public void Parameters_are_checked_when_it_is_opened(string hex, string why) =>
        Assert.True(Decode(Raw(ElementType.F32, [2, 5], hex), ElementType.F32) == Status.Corrupt, why);

    [Theory]
    [InlineData("01 0000803f 00 00 0a 00 00 0000 0000 0000", "a code that is not complete")]
    [InlineData("01 0000803f 00 00 0a ff ff 00 0000 0000 0000", "lengths beyond the longest")]
    [InlineData("01 0000803f 00 01 0a 01 00 00 00 00", "fewer common ids than two")]
    [InlineData("01 0000803f 00 01 0a 03 ff ff ff ff", "a tree without end")]
    [InlineData("01 0000803f 00 03 0a ff ff ff ff ff ff ff ff ff ff ff ff ff ff", "a deep tree without end")]
    [InlineData("01 0000803f 00 01 0a", "no code")]
    public void A_code_is_checked_when_it_is_read(string hex, string why)
    {
        foreach (ElementType output in new[] { ElementType.F32, ElementType.Id8 })
            Assert.True(Decode(Raw(ElementType.F32, [2, 5], hex), output) == Status.Corrupt, why);
    }

    [Theory]
    [InlineData(ElementType.I8, "30 00000000000000000000000000000000 ffffffffffff0000 0000000000000000 00", "a set with zero in it")]
    [InlineData(ElementType.U8, "30 ffffffffffff00000000000000000000 0000000000000000 0000000000000000 00", "a set with zero in it")]
    [InlineData(ElementType.U8, "30 feffffffffff00000000000000000000 0000000000000000 0000000000000000 00", "a set of another number")]
    [InlineData(ElementType.U8, "30 feffffff", "a set cut off")]
    public void Sets_of_integers_are_checked(ElementType type, string hex, string why) =>
        Assert.True(Decode(Raw(type, [2, 5], hex + "000a"), ElementType.Id8) == Status.Corrupt, why);

    [Fact]
    public void A_section_that_ends_early_is_corrupt()
    {
        foreach (int wordLength in new[] { 1, 4, 8, 16 })
        {
            ClusteredTensor layer = WordsTests.Skewed(30, 40, 20, 0.5, seed: wordLength);
            byte[] section = WordsTests.Encode(layer, band: 500, wordLength, common: 15).Section.ToArray();
            for (int length = 0; length < section.Length; length++)
                Assert.Equal(Status.Corrupt, Decode(Remade(layer, section.AsMemory(0, length)), ElementType.F32));
            // A byte more in the last stream is none of its bits'.
            Assert.Equal(Status.Corrupt, Decode(Remade(layer, (byte[])[.. section, 0]), ElementType.F32));
        }
    }

    /// <summary>Bits that are others: any status, but by all variants the same one, and the same weights if there are any.</summary>
    [Fact]
    public void Damage_is_survived_alike() => Gen.Select(WordsTests.WordLengths, Gen.Int[2, 200], Gen.Int[1, 700], Gen.Int)
        .Sample((wordLength, common, band, seed) =>
        {
            ClusteredTensor layer = WordsTests.Skewed(25, 60, 210, 0.6, seed);
            byte[] section = WordsTests.Encode(layer, band, wordLength, common).Section.ToArray();
            Random random = new(seed);
            for (int i = 0; i < 6; i++)
            {
                byte[] damaged = (byte[])section.Clone();
                // Anywhere, or behind the codebook, where parameters and code are.
                int from = random.Next(2) == 0 ? 0 : Math.Min(4 * layer.Clusters, damaged.Length - 1);
                damaged[random.Next(from, Math.Min(damaged.Length, from + (random.Next(2) == 0 ? 200 : damaged.Length)))] ^= (byte)(1 << random.Next(8));
                List<(Status, string)> results = [];
                foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
                {
                    InstructionSets.Current = set;
                    Status status = Decode(Remade(layer, damaged), ElementType.F32, out byte[] weights);
                    results.Add((status, status == Status.Ok ? Convert.ToHexString(weights) : ""));
                }
                Assert.Single(results.Distinct());
            }
        }, iter: 150);

    /// <summary>Patches beyond the band, of a rare id that there is not, or of gaps that lead nowhere.</summary>
    [Fact]
    public void Patches_stay_in_their_band()
    {
        // Three ids, of which the last one is rare; L = 1; gaps of two bits; streams of one bit a weight.
        byte[] Section(int patches, params byte[] bits) =>
            [2, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 1 << WordsLayout.GapShift, 10, .. Lengths(1, 1, 0), (byte)patches, .. bits, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0];

        Assert.Equal(Status.Ok, Decode(Raw(Section(0)), ElementType.F32));
        Assert.Equal(Status.Ok, Decode(Raw(Section(4, 0b00111111)), ElementType.F32));
        Assert.Equal(Status.Corrupt, Decode(Raw(Section(4, 0b01111111)), ElementType.F32));
        Assert.Equal(Status.Corrupt, Decode(Raw(Section(4, 0b11111111)), ElementType.F32));
        Assert.Equal(Status.Corrupt, Decode(Raw(Section(5, 0b00111111, 0)), ElementType.F32));
        Assert.Equal(Status.Corrupt, Decode(Raw(Section(127, 0)), ElementType.F32));
    }

    private static byte[] Lengths(params int[] lengths)
    {
        BitWriter bits = new();
        foreach (int length in lengths)
            bits.WriteBits(3 | (uint)length << 2, 6);
        bits.AlignToByte();
        return bits.ToArray();
    }

    private static EncodedTensor Raw(byte[] section) => new("t", ElementType.F32, [2, 5], Method.Words, Coder.None, section);

    private static EncodedTensor Raw(ElementType type, long[] shape, string hex) => new("t", type, shape, Method.Words, Coder.None,
        Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    private static EncodedTensor Remade(ClusteredTensor layer, ReadOnlyMemory<byte> section) =>
        new(layer.Name, layer.Type, layer.Shape, Method.Words, Coder.None, section);

    private static Status Decode(EncodedTensor encoded, ElementType output) => Decode(encoded, output, out _);

    /// <summary>Decodes between guard bytes, the section at the end of its memory, and says how it went.</summary>
    private static Status Decode(EncodedTensor encoded, ElementType output, out byte[] weights)
    {
        weights = [];
        try
        {
            using WlsFile file = WlsFile.Of([encoded]);
            WlsTensor tensor = file.Tensors[0];
            int bytes = (int)tensor.Weights * ElementTypes.Size(output);
            byte[] dst = new byte[bytes + 2 * Guard];
            byte[] workspace = new byte[(int)tensor.WorkspaceSize + 2 * Guard];
            Array.Fill(dst, (byte)0xa5);
            Array.Fill(workspace, (byte)0xa5);
            Status status;
            fixed (byte* to = dst, scratch = workspace)
            {
                status = tensor.DecodeRows(output, 0, (ulong)tensor.Rows, to + Guard, (nuint)bytes, scratch + Guard, tensor.WorkspaceSize);
            }
            foreach (byte[] memory in new[] { dst, workspace })
            {
                Assert.False(memory.AsSpan(0, Guard).ContainsAnyExcept((byte)0xa5));
                Assert.False(memory.AsSpan(memory.Length - Guard).ContainsAnyExcept((byte)0xa5));
            }
            weights = dst[Guard..^Guard];
            return status;
        }
        catch (Weightless.Encoder.Models.ModelFormatException)
        {
            return Status.Corrupt;
        }
    }
}
