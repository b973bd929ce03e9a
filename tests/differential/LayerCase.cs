using CsCheck;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;

namespace Weightless.Tests.Differential;

/// <summary>How the non-zero weights of a layer lie.</summary>
internal enum Structure
{
    Scattered,

    /// <summary>Only in some rows and some columns.</summary>
    DeadRowsAndColumns,

    /// <summary>Rows from empty to full.</summary>
    UnevenRows,

    /// <summary>Where the row above has one, mostly, and with its value.</summary>
    Columns,

    /// <summary>In runs of one value.</summary>
    Runs,
}

/// <summary>What a random layer is made by and encoded by: small numbers, which a failing test can make smaller.</summary>
internal sealed record LayerCase(
    int Rows, int Columns, int Kernel, Structure Structure, double Density, int Clusters, ElementType Type, bool HalfCodebook,
    Method Method, Coder Coder, int MoreCellBits, int Strength, int Seed)
{
    private static readonly ElementType[] Types = [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.I8, ElementType.U8];

    public static readonly Gen<LayerCase> Any =
        from rows in Gen.OneOf(Gen.Int[0, 40], Gen.Int[1, 4], Gen.Int[1, 300])
        from columns in Gen.OneOf(Gen.Int[0, 70], Gen.Int[1, 4], Gen.Int[1, 300])
        from kernel in Gen.OneOf(Gen.Const(1), Gen.Int[1, 4])
        from structure in Gen.Enum<Structure>()
        from density in Gen.OneOf(Gen.Double[0, 0.1], Gen.Double[0, 1], Gen.Const(1.0), Gen.Const(0.0))
        from clusters in Gen.OneOf(Gen.Int[1, 16], Gen.Int[1, 255])
        from type in OneOf(Types)
        from half in Gen.Bool
        from method in OneOf(RandomLayers.Methods)
        from coder in OneOf(RandomLayers.Coders)
        from moreCellBits in Gen.Int[0, 8]
        from strength in Gen.Int[1, 9]
        from seed in Gen.Int
        select new LayerCase(rows, columns, kernel, structure, density, clusters, type, half, method, coder, moreCellBits, strength, seed);

    /// <summary>The layer, whose name tells its case.</summary>
    public ClusteredTensor Make()
    {
        Random random = new(Seed);
        int columns = Columns * Kernel;
        byte[] ids = Place(random, Rows, columns);
        uint[] centroids = ids.AsSpan().ContainsAnyExcept((byte)0) ? Codebook(random) : [];
        foreach (ref byte id in ids.AsSpan())
            id = (byte)Math.Min(id, centroids.Length);
        long[] shape = Kernel == 1 ? [Rows, Columns] : [Rows, Columns, Kernel];
        ClusteredTensor layer = new($"{this}", Type, shape, ids, centroids);
        return HalfCodebook ? layer.WithHalfCodebook() : layer;
    }

    /// <param name="earlier">The tensors before it in its file.</param>
    public EncodedTensor Encode(ClusteredTensor layer, IReadOnlyList<EncodedTensor>? earlier = null)
    {
        if (Method == Method.Context)
            return Encoded.ByContext(layer, Strength, earlier);
        Coder coder = RandomLayers.CodersOf(Method).Contains(Coder) ? Coder : Coder.None;
        int cellBits = Math.Min(CellWidth.Smallest(layer.Clusters) + MoreCellBits, Limits.MaxCellBits);
        return Encoded.By(layer, Method, coder, cellBits, seed: (uint)Seed);
    }

    private static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private byte[] Place(Random random, int rows, int columns)
    {
        bool[] deadRows = [.. Enumerable.Range(0, rows).Select(_ => random.Next(3) == 0)];
        bool[] deadColumns = [.. Enumerable.Range(0, columns).Select(_ => random.Next(3) == 0)];
        byte[] ids = new byte[rows * columns];
        for (int i = 0; i < ids.Length; i++)
        {
            int row = i / columns;
            bool copies = random.Next(10) != 0;
            bool isZero = random.NextDouble() >= Density;
            byte id = isZero ? (byte)0 : (byte)random.Next(1, Clusters + 1);
            ids[i] = Structure switch
            {
                Structure.DeadRowsAndColumns when deadRows[row] || deadColumns[i % columns] => 0,
                Structure.UnevenRows => random.NextDouble() * rows < row ? id : (byte)0,
                Structure.Columns when row > 0 && copies => ids[i - columns],
                Structure.Runs when i > 0 && copies => ids[i - 1],
                _ => id,
            };
        }
        return ids;
    }

    /// <summary>At most <see cref="Clusters"/> distinct finite values that are not zero, in ascending order.</summary>
    private uint[] Codebook(Random random)
    {
        HashSet<uint> values = [];
        for (int i = 0; i < Clusters; i++)
        {
            uint bits = Type switch
            {
                ElementType.I8 or ElementType.U8 => (uint)random.Next(1, 256),
                // Any bits at all, or an ordinary weight.
                _ when random.Next(4) == 0 => Palette.Convert((uint)random.NextInt64(1L << 32), ElementType.F32, Type),
                _ => Palette.Convert(BitConverter.SingleToUInt32Bits((float)(random.NextDouble() - 0.5)), ElementType.F32, Type),
            };
            float value = BitConverter.UInt32BitsToSingle(Palette.Convert(bits, Type, ElementType.F32));
            if (float.IsFinite(value) && value != 0)
                values.Add(bits);
        }
        return [.. values.OrderBy(bits => BitConverter.UInt32BitsToSingle(Palette.Convert(bits, Type, ElementType.F32)))];
    }
}
