using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Every loop of every variant that this machine has, against the conversions of single elements.</summary>
public unsafe class ElementKernelsTests
{
    public static TheoryData<ElementType, ElementType> Conversions => Pairs(Enum.GetValues<ElementType>()
        .Where(ElementTypes.IsCodable), (from, to) => from != to && Palette.CanDecode(from, to));

    public static TheoryData<ElementType, ElementType> Scalings =>
        Pairs([ElementType.I8, ElementType.I16], (_, to) => ElementTypes.IsFloat(to));

    /// <summary>All elements of 8 and 16 bits; of f32 any bits, and those about where f16 changes its ways.</summary>
    [Theory]
    [MemberData(nameof(Conversions))]
    public void Any_bits_are_converted(ElementType from, ElementType to)
    {
        byte[] source = Everything(from);
        byte[] expected = Expected(source, from, to, bits => Palette.Convert(bits, from, to));
        ForEachVariant(set => Check(ElementKernels.Conversion(set, from, to), source, from, 1, expected, to));
    }

    /// <summary>Products of all integers: of f16 these are normal, subnormal, zero and infinite ones.</summary>
    [Theory]
    [MemberData(nameof(Scalings))]
    public void Integers_are_scaled(ElementType from, ElementType to)
    {
        byte[] source = Everything(from);
        foreach (float scale in (float[])[1, 0.00713f, 1.7e-6f, 3.1e-9f, 0.33f, 1e30f, 1.5e-38f])
        {
            byte[] expected = Expected(source, from, to, bits =>
            {
                int integer = from == ElementType.I8 ? (sbyte)bits : (short)bits;
                return Palette.Convert(BitConverter.SingleToUInt32Bits(integer * scale), ElementType.F32, to);
            });
            ForEachVariant(set => Check(ElementKernels.Scaling(set, from, to), source, from, scale, expected, to));
        }
    }

    private static TheoryData<ElementType, ElementType> Pairs(IEnumerable<ElementType> sources, Func<ElementType, ElementType, bool> isPair)
    {
        TheoryData<ElementType, ElementType> pairs = [];
        foreach (ElementType from in sources)
        {
            foreach (ElementType to in Enum.GetValues<ElementType>().Where(to => to != ElementType.Id8 && isPair(from, to)))
                pairs.Add(from, to);
        }
        return pairs;
    }

    private static void ForEachVariant(Action<InstructionSet> check)
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
            check(set);
    }

    private static byte[] Everything(ElementType type)
    {
        if (ElementTypes.Size(type) == 1)
            return [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        if (ElementTypes.Size(type) == 2)
            return [.. Enumerable.Range(0, 65536).SelectMany(i => BitConverter.GetBytes((ushort)i))];
        Random random = new(1);
        uint[] edges = [0, 1, 0x33000000, 0x33000001, 0x387fffff, 0x38800000, 0x38801000, 0x477fefff, 0x477ff000, 0x7f7fffff, 0x7f800000,
            0x7f800001, 0x7fffffff];
        uint[] ordinary = [.. Enumerable.Range(0, 4096).Select(_ => BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) / 8))];
        uint[] any = [.. Enumerable.Range(0, 65536).Select(_ => (uint)random.NextInt64(1L << 32))];
        return [.. ordinary.Concat(edges).Concat(edges.Select(bits => bits | 0x80000000)).Concat(any).SelectMany(BitConverter.GetBytes)];
    }

    private static byte[] Expected(byte[] source, ElementType from, ElementType to, Func<uint, uint> convert)
    {
        int size = ElementTypes.Size(from), outputSize = ElementTypes.Size(to);
        byte[] expected = new byte[source.Length / size * outputSize];
        for (int i = 0; i < source.Length / size; i++)
        {
            uint bits = size == 1 ? source[i] : size == 2 ? BitConverter.ToUInt16(source, 2 * i) : BitConverter.ToUInt32(source, 4 * i);
            BitConverter.GetBytes(convert(bits)).AsSpan(0, outputSize).CopyTo(expected.AsSpan(i * outputSize));
        }
        return expected;
    }

    /// <summary>Whole, some at each end left out, and with the output over the input's end.</summary>
    private static void Check(delegate*<byte*, ulong, float, byte*, void> kernel, byte[] source, ElementType from, float scale,
        byte[] expected, ElementType to)
    {
        int size = ElementTypes.Size(from), outputSize = ElementTypes.Size(to);
        for (int skipped = 0; skipped < 19; skipped += 3)
        {
            int count = source.Length / size - 2 * skipped;
            byte[] output = new byte[count * Math.Max(size, outputSize) + 1];
            fixed (byte* input = source, start = output)
            {
                byte* elements = input + skipped * size;
                if (skipped % 2 == 1 && outputSize >= size)
                {
                    elements = start + count * (outputSize - size);
                    source.AsSpan(skipped * size, count * size).CopyTo(new Span<byte>(elements, count * size));
                }
                kernel(elements, (ulong)count, scale, start);
            }
            Assert.True(output.AsSpan(0, count * outputSize).SequenceEqual(expected.AsSpan(skipped * outputSize, count * outputSize)));
            Assert.Equal(0, output[^1]);
        }
    }
}
