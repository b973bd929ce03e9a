using System.Runtime.InteropServices;
using Weightless.Encoder;
using Weightless.Encoder.Codecs.Exponent;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Differential;

namespace Weightless.Tests.Codecs;

/// <summary>Method <c>exponent</c>: floats of any bits come back, by every variant, in every type, in any order of bands.</summary>
[Collection(nameof(InstructionSets))]
public sealed class ExponentTests : IDisposable
{
    private readonly InstructionSet _current = InstructionSets.Current;

    /// <summary>Weights that training makes of each type, f32 that were f16 before, and bits that nothing has made.</summary>
    public static string[] Kinds => ["f32", "f16", "bf16", "rounded", "bits", "halves", "zeros", "powers"];

    public static TheoryData<string> AllKinds => [.. Kinds];

    public void Dispose() => InstructionSets.Current = _current;

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Elements_come_back_by_every_variant(string kind)
    {
        foreach (long[] shape in new long[][] { [], [1], [3], [5, 1], [16], [17, 3], [70, 300], [3, 40_001], [0], [4, 0] })
        {
            Tensor tensor = Floats(kind, shape, seed: 1);
            using WlsFile file = WlsFile.Of([Encode(tensor)]);
            Assert.Equal(Method.Exponent, file.Tensors[0].Method);
            foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
            {
                InstructionSets.Current = set;
                foreach (ElementType output in Reference.Outputs(tensor.Type, Method.Exponent))
                    Assert.True(Converted(tensor, output).AsSpan().SequenceEqual(file.Tensors[0].Decode(output)), $"{set} {output} {shape.Length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public unsafe void Rows_are_the_same_in_any_order(string kind)
    {
        const int rows = 61, columns = 2309;
        Tensor tensor = Floats(kind, [rows, columns], seed: 2);
        using WlsFile file = WlsFile.Of([Encode(tensor)]);
        ElementType output = ElementType.F16;
        byte[] whole = Converted(tensor, output);
        byte[] dst = new byte[whole.Length];
        byte[] workspace = new byte[file.Tensors[0].WorkspaceSize];
        Random random = new(1);
        fixed (byte* to = dst, scratch = workspace)
        {
            for (int i = 0; i < 40; i++)
            {
                int first = random.Next(rows);
                int count = random.Next(1, rows - first + 1);
                int bytes = count * columns * sizeof(ushort);
                Assert.Equal(Status.Ok, file.Tensors[0].DecodeRows(output, (ulong)first, (ulong)count, to, (nuint)bytes, scratch, (nuint)workspace.Length));
                Assert.True(whole.AsSpan(first * columns * sizeof(ushort), bytes).SequenceEqual(dst.AsSpan(0, bytes)));
            }
        }
    }

    /// <summary>Zero bits that all elements end in are not kept, and exponents take their entropy.</summary>
    [Theory]
    [InlineData("f32", 24, 2.6)]
    [InlineData("bf16", 8, 2.6)]
    [InlineData("f16", 11, 2.6)]
    [InlineData("rounded", 11, 2.6)]
    [InlineData("powers", 1, 2.6)]
    [InlineData("zeros", 1, 0.001)]
    public void What_repeats_takes_no_bytes(string kind, int restBits, double exponentBits)
    {
        Tensor tensor = Floats(kind, [300, 500], seed: 3);
        double bits = 8.0 * Encode(tensor).Section.Length / tensor.Count;
        Assert.InRange(bits, restBits, restBits + exponentBits);
    }

    [Fact]
    public void Weights_that_were_not_clustered_are_encoded_in_full()
    {
        Tensor tensor = Floats("f32", [300, 500], seed: 4);
        MethodChoice choice = MethodChooser.Choose(ModelEncoder.Prepare(tensor, new EncoderOptions()), new EncoderOptions());
        Assert.Equal(Method.Exponent, choice.Encoded.Method);
        Assert.StartsWith("exponent takes ", choice.Reason, StringComparison.Ordinal);
        EncoderOptions others = new() { Tensors = ["other"] };
        Assert.Equal(Method.Stored, MethodChooser.Choose(ModelEncoder.Prepare(tensor, others), others).Encoded.Method);
    }

    [Theory]
    [InlineData(ElementType.F32, "", "no number of bits")]
    [InlineData(ElementType.F32, "18 ffffffff", "more bits dropped than a fraction has")]
    [InlineData(ElementType.F16, "0b ffff", "more bits dropped than a fraction has")]
    [InlineData(ElementType.BF16, "08 ffff", "more bits dropped than a fraction has")]
    [InlineData(ElementType.F32, "17 ff", "too few bytes of signs")]
    [InlineData(ElementType.F32, "17 ff03", "no exponents")]
    [InlineData(ElementType.F32, "17 ff03 0000 00", "a byte behind exponents of no weight")]
    public void Parameters_are_checked(ElementType type, string hex, string why)
    {
        EncodedTensor encoded = new("t", type, [2, 5], Method.Exponent, Coder.None,
            Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.True(Record.Exception(() => WlsFile.Of([encoded]).Dispose()) is ModelFormatException, why);
    }

    [Theory]
    [InlineData(ElementType.I8)]
    [InlineData(ElementType.U8)]
    [InlineData(ElementType.F64)]
    [InlineData(ElementType.I32)]
    public void Only_floats_have_exponents(ElementType type)
    {
        EncodedTensor encoded = new("t", type, [0], Method.Exponent, Coder.None, new byte[] { 0, 0, 0 });
        Assert.Throws<ModelFormatException>(() => WlsFile.Of([encoded]).Dispose());
    }

    internal static EncodedTensor Encode(Tensor tensor) => ExponentEncoder.TryEncode(tensor)!;

    internal static Tensor Floats(string kind, long[] shape, int seed)
    {
        int count = (int)shape.Aggregate(1L, (product, dimension) => product * dimension);
        Random random = new(seed);
        float[] normal = [.. Enumerable.Range(0, count).Select(_ => (float)(0.03 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble())))];
        return kind switch
        {
            "f32" => Of(ElementType.F32, normal),
            "f16" => Of(ElementType.F16, [.. normal.Select(value => (Half)value)]),
            "bf16" => Of(ElementType.BF16, [.. normal.Select(value => FloatBits.F32ToBF16(BitConverter.SingleToUInt32Bits(value)))]),
            "rounded" => Of(ElementType.F32, [.. normal.Select(value => (float)(Half)value)]),
            "bits" => Of(ElementType.F32, [.. normal.Select(_ => (uint)random.NextInt64(1L << 32))]),
            "halves" => Of(ElementType.F16, [.. normal.Select(_ => (ushort)random.Next(1 << 16))]),
            "powers" => Of(ElementType.F32, [.. normal.Select(value => MathF.CopySign(MathF.ScaleB(1, MathF.ILogB(value)), value))]),
            _ => Of(ElementType.F32, new float[count]),
        };

        Tensor Of<T>(ElementType type, T[] elements) where T : unmanaged => new(kind, type, shape, MemoryMarshal.AsBytes<T>(elements).ToArray());
    }

    private static byte[] Converted(Tensor tensor, ElementType output)
    {
        int from = ElementTypes.Size(tensor.Type), to = ElementTypes.Size(output);
        byte[] converted = new byte[tensor.Count * to];
        for (int i = 0; i < tensor.Count; i++)
        {
            uint bits = from == sizeof(ushort) ? BitConverter.ToUInt16(tensor.Data.Span[(2 * i)..]) : BitConverter.ToUInt32(tensor.Data.Span[(4 * i)..]);
            BitConverter.GetBytes(Palette.Convert(bits, tensor.Type, output)).AsSpan(0, to).CopyTo(converted.AsSpan(i * to));
        }
        return converted;
    }
}
