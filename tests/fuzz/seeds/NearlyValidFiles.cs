using Weightless.Encoder;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Seeds;

/// <summary>
/// Files with right checksums over contents that no encoder writes: numbers at their limits, tables that do not add up,
/// parameters that contradict each other. A reader has to answer each with a status, or with weights.
/// </summary>
internal static class NearlyValidFiles
{
    // Around every bound of the format.
    private static readonly ulong[] s_numbers =
    [
        0, 1, 2, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 4097, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, 1 << 24, (1 << 24) + 1,
        int.MaxValue, 1ul << 31, uint.MaxValue, 1ul << 32, 1ul << 33, 1ul << 46, (1ul << 48) - 1, 1ul << 48, 1ul << 63, ulong.MaxValue,
    ];

    public static IEnumerable<IReadOnlyList<EncodedTensor>> All(Random random)
    {
        foreach (Method method in Enum.GetValues<Method>())
        {
            foreach (Coder coder in ValidFiles.CodersOf(method))
            {
                for (int i = 0; i < 20; i++)
                    yield return [Parameters(random, method, coder)];
            }
        }
        for (int i = 0; i < 60; i++)
            yield return [Huffman(random)];
        for (int i = 0; i < 60; i++)
            yield return [Tans(random)];
        for (int i = 0; i < 60; i++)
            yield return [Coupled(random, isFast: false)];
        for (int i = 0; i < 80; i++)
            yield return [Coupled(random, isFast: true)];
        for (int i = 0; i < 60; i++)
            yield return [Context(random, "a", HostileNumber(random)), Context(random, "b", (ulong)random.Next(4))];
        for (int i = 0; i < 40; i++)
            yield return [Shape(random)];
        for (int i = 0; i < 40; i++)
            yield return [Damaged(random)];
    }

    /// <summary>A palette whose numbers are anything, and anything behind it.</summary>
    private static EncodedTensor Parameters(Random random, Method method, Coder coder)
    {
        SectionWriter section = new();
        int clusters = random.Next(3) == 0 ? random.Next(256) : random.Next(5);
        ElementType type = (ElementType)random.Next(5);
        section.Byte(clusters).Random(random, ElementTypes.Size(type) * clusters).Varint(random.Next(2) == 0 ? (ulong)random.Next(50) : HostileNumber(random));
        section.Byte(random.Next(20));
        for (int i = random.Next(3); i >= 0; i--)
            section.Varint(random.Next(2) == 0 ? (ulong)random.Next(50) : HostileNumber(random));
        section.Random(random, random.Next(80));
        return new EncodedTensor("h", type, [10, 12], method, coder, section.ToArray(), type == ElementType.F32 && random.Next(4) == 0);
    }

    /// <summary>Code lengths that no code has: too many, too few, runs over the end.</summary>
    private static EncodedTensor Huffman(Random random)
    {
        SectionWriter section = new();
        int clusters = random.Next(1, 20);
        section.Byte(clusters).Random(random, 4 * clusters).Varint(40);
        Method method = random.Next(3) switch { 0 => Method.Dense, 1 => Method.Csr, _ => Method.Bloomier };
        if (method == Method.Csr)
            section.Byte(random.Next(1, 9));
        if (method == Method.Bloomier)
            section.Byte(random.Next(5, 17)).Varint(20).Varint(1);
        int kind = random.Next(4);
        for (int i = random.Next(4, 200); i > 0; i--)
        {
            section.Byte(kind switch
            {
                0 => random.Next(256),
                1 => 0x11 * random.Next(1, 13),
                2 => 0xfd - 16 * random.Next(2),
                _ => random.Next(1, 6) | random.Next(1, 6) << 4,
            });
        }
        return Tensor(method, Coder.Huffman, [10, 12], section);
    }

    /// <summary>Parameters and weights of any kind over bands of noise, whose lengths are right or not.</summary>
    private static EncodedTensor Tans(Random random)
    {
        SectionWriter section = new();
        int rows = random.Next(1, 60);
        int columns = random.Next(1, 80);
        int clusters = random.Next(1, random.Next(2) == 0 ? 4 : 256);
        section.Byte(clusters).Random(random, 4 * clusters).Varint((ulong)random.Next(1, 50));
        int rawBits = random.Next(3) == 0 ? random.Next(13) : 0;
        bool isGeometric = random.Next(3) == 0;
        int classes = random.Next(1, Math.Max(2, Math.Min(256, 4095 / clusters)));
        section.Byte(random.Next(4) | rawBits << 2 | (isGeometric ? 0x40 : 0)).Byte(classes - 1);
        int weights = (isGeometric ? 2 : classes) + clusters + 1;
        for (int i = 0; i < weights; i++)
            section.Byte(random.Next(3) switch { 0 => 255, 1 => random.Next(40), _ => random.Next(256) });
        int bandWeights = random.Next(8) == 0 ? rows * columns * 2 : random.Next(1, rows * columns + 1);
        section.Varint((ulong)bandWeights);
        int bands = (rows * columns + bandWeights - 1) / bandWeights;
        int bytes = random.Next(5, 60);
        for (int i = 0; i < bands; i++)
            section.Bytes(BitConverter.GetBytes((ushort)(random.Next(30) == 0 ? random.Next(200) : bytes)));
        section.Random(random, Math.Min(bands * bytes, 400));
        return Tensor(Method.Csr, Coder.Tans, [rows, columns], section);
    }

    /// <summary>A coupled filter of any structure, with cells of just the bytes that it asks for, or nearly.</summary>
    /// <param name="isFast">Of the parameters that the vector loops are made for.</param>
    private static EncodedTensor Coupled(Random random, bool isFast)
    {
        SectionWriter section = new();
        int rows = random.Next(1, 40);
        int columns = random.Next(1, 80);
        int cellBits = random.Next(1, isFast ? 9 : 17);
        int clusters = random.Next(1, Math.Min(isFast && random.Next(4) != 0 ? 16 : 255, 1 << cellBits) + 1);
        int entryBytes = random.Next(3) switch { 0 => 0, 1 => 2, _ => 3 };
        section.Byte(clusters).Random(random, 4 * clusters).Varint((ulong)random.Next(20));
        int hashes = isFast ? 5 : random.Next(2, 8);
        int spanLog2 = isFast ? 7 : random.Next(0, 4);
        bool rowMask = random.Next(3) == 0;
        bool columnMask = random.Next(3) == 0;
        section.Byte(cellBits - 1 | hashes << 4).Byte(spanLog2 | entryBytes << 4 | (rowMask ? 0x40 : 0) | (columnMask ? 0x80 : 0));
        int aliveRows = rowMask ? section.Mask(random, rows) : rows;
        int aliveColumns = columnMask ? section.Mask(random, columns) : columns;
        int groups = Math.Max(1, (aliveRows * aliveColumns + 63) / 64);
        int blockGroups = entryBytes == 0 ? groups : random.Next(1, 4);
        int pieceBlocks = entryBytes == 0 ? 1 : random.Next(1, 4);
        if (entryBytes != 0)
            section.Varint((ulong)blockGroups).Varint((ulong)pieceBlocks);
        int blocks = (groups + blockGroups - 1) / blockGroups;
        int pieces = (blocks + pieceBlocks - 1) / pieceBlocks;
        int cells = random.Next(Math.Max(1, hashes << spanLog2), isFast ? 900 : 200);
        for (int i = 0; i < pieces; i++)
            section.Varint((ulong)cells).Varint((ulong)random.NextInt64());
        for (int i = 0; i < pieces; i++)
        {
            int ours = Math.Min(pieceBlocks, blocks - i * pieceBlocks);
            for (int block = 1; block < ours; block++)
                section.Bytes(BitConverter.GetBytes(cells * block / ours).AsSpan(0, entryBytes));
            section.Random(random, CellBytes(cells, cellBits));
        }
        section.Random(random, random.Next(8) == 0 ? 1 : 0);
        return Tensor(Method.Coupled, Coder.None, [rows, columns], section);
    }

    private static int CellBytes(int cells, int cellBits)
    {
        int bytes = 0;
        for (int first = 0; first < cells; first += 64)
        {
            int count = Math.Min(64, cells - first);
            bytes += (cellBits >= 8 ? count : 0) + (cellBits >= 8 ? cellBits - 8 : cellBits) * ((count + 7) / 8);
        }
        return bytes;
    }

    /// <summary>A context section with every flag there is, whose stream is noise.</summary>
    private static EncodedTensor Context(Random random, string name, ulong number)
    {
        int flags = random.Next(256);
        if ((flags & 7) > 5 && random.Next(4) > 0)
            flags &= ~4;
        int clusters = random.Next(1, random.Next(2) == 0 ? 4 : 256);
        SectionWriter section = new();
        section.Byte(clusters).Byte(flags).Varint((ulong)random.Next(30));
        if ((flags & 7) == 0)
            section.Byte(random.Next(256));
        if ((flags & 0x40) != 0)
            section.Byte(random.Next(clusters + 2));
        if ((flags & 0x80) != 0)
            section.Varint(random.Next(3) == 0 ? HostileNumber(random) : (ulong)random.Next(1, 30));
        if ((flags & 0x20) != 0)
            section.Varint(number);
        int fill = random.Next(3) switch { 0 => 0, 1 => 0xff, _ => -1 };
        int length = random.Next(90);
        for (int i = 0; i < length; i++)
            section.Byte(fill < 0 ? random.Next(256) : fill);
        return Tensor(Method.Context, Coder.None, [random.Next(1, 25), random.Next(1, 60)], section, name);
    }

    /// <summary>A sound section under a shape that it was not made for, up to the format's limits: the engines go beyond.</summary>
    private static EncodedTensor Shape(Random random)
    {
        EncodedTensor sound = Sound(random);
        long[] shape = new long[random.Next(1, Limits.MaxRank + 1)];
        ulong left = Limits.MaxTensorBytes / (ulong)ElementTypes.Size(sound.Type);
        foreach (ref long dimension in shape.AsSpan())
        {
            dimension = (long)Math.Min(left, random.Next(2) == 0 ? (ulong)random.Next(5) : HostileNumber(random));
            left /= (ulong)Math.Max(dimension, 1);
        }
        return Remade(sound, shape, sound.Section);
    }

    private static EncodedTensor Damaged(Random random)
    {
        EncodedTensor sound = Sound(random);
        byte[] section = sound.Section.ToArray();
        for (int i = random.Next(1, 4); i > 0 && section.Length > 0; i--)
            section[random.Next(random.Next(2) == 0 ? Math.Min(section.Length, 24) : section.Length)] = (byte)random.Next(256);
        return Remade(sound, sound.Shape, section.AsMemory(0, section.Length - random.Next(Math.Min(section.Length, 3) + 1)));
    }

    private static EncodedTensor Remade(EncodedTensor sound, IReadOnlyList<long> shape, ReadOnlyMemory<byte> section) =>
        new(sound.Name, sound.Type, shape, sound.Method, sound.Coder, section, sound.HalfCodebook);

    private static EncodedTensor Sound(Random random)
    {
        Method method = (Method)random.Next((int)Method.Dense, Methods.All.Length);
        Coder[] coders = ValidFiles.CodersOf(method);
        EncoderOptions options = new() { Method = method, Coder = coders[random.Next(coders.Length)] };
        return Encoders.Encode(ValidFiles.Layer(random, "w", ElementType.F32), options);
    }

    private static ulong HostileNumber(Random random) => s_numbers[random.Next(s_numbers.Length)];

    private static EncodedTensor Tensor(Method method, Coder coder, long[] shape, SectionWriter section, string name = "h") =>
        new(name, ElementType.F32, shape, method, coder, section.ToArray());
}
