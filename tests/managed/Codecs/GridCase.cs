using CsCheck;
using Weightless.Encoder;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Codecs.Grid;
using Weightless.Encoder.Quantization.Grid;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>A random grid, and what it is encoded by: small numbers, which a failing test can make smaller.</summary>
/// <param name="Bits">Of the common integers.</param>
/// <param name="Outliers">The share of integers of any size.</param>
/// <param name="ShiftBits">0 for one scale.</param>
internal sealed record GridCase(int Rows, int Columns, int Kernel, int Axis, ElementType Type, double Density, int Bits, double Outliers,
    int ShiftBits, bool HasHalfScale, Method Method, Coder Coder, int Seed)
{
    private static readonly ElementType[] Types = [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.I16];

    public static readonly Gen<GridCase> Any =
        from rows in Gen.OneOf(Gen.Int[0, 40], Gen.Int[1, 4], Gen.Int[1, 150])
        from columns in Gen.OneOf(Gen.Int[0, 70], Gen.Int[1, 4], Gen.Int[1, 150])
        from kernel in Gen.OneOf(Gen.Const(1), Gen.Int[1, 4], Gen.Int[1, rows * columns <= 40 ? 1500 : 2])
        from axis in Gen.Int[0, 2]
        from type in Gen.OneOf(Gen.Const(ElementType.F32), Gen.Int[0, Types.Length - 1].Select(i => Types[i]))
        from density in Gen.OneOf(Gen.Double[0, 0.1], Gen.Double[0, 1], Gen.Const(1.0), Gen.Const(0.0))
        from bits in Gen.OneOf(Gen.Int[1, 8], Gen.Int[1, 16])
        from outliers in Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.01])
        from shiftBits in Gen.Int[0, 4]
        from half in Gen.Bool
        from method in Gen.Int[0, RandomLayers.Methods.Length].Select(i => i == 0 ? Method.Stored : RandomLayers.Methods[i - 1])
        from coder in Gen.Int[0, RandomLayers.Coders.Length - 1].Select(i => (Coder)i)
        from seed in Gen.Int
        select new GridCase(rows, columns, kernel, axis, type, density, bits, outliers, shiftBits, half, method, coder, seed);

    public GridTensor Make()
    {
        Random random = new(Seed);
        short[] integers = new short[Rows * Columns * Kernel];
        int most = (1 << (Bits - 1)) - 1;
        for (int i = 0; i < integers.Length; i++)
        {
            if (random.NextDouble() < Outliers)
                integers[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
            else if (random.NextDouble() < Density)
                integers[i] = (short)random.Next(-most - 1, most + 1);
        }
        long[] shape = Kernel == 1 ? [Rows, Columns] : [Rows, Columns, Kernel];
        if (Type == ElementType.I16)
            return new GridTensor($"{this}", Type, shape, integers, 1, 0, []);
        int axis = Math.Min(Axis, shape.Length - 1);
        byte[] shifts = ShiftBits == 0 ? [] : [.. Enumerable.Range(0, (int)shape[axis]).Select(_ => (byte)random.Next(1 << ShiftBits))];
        uint exponent = HasHalfScale ? (uint)random.Next(115, 130) : (uint)random.Next(1, 220);
        uint fraction = (uint)random.Next(1 << 10) << 13 | (HasHalfScale ? 0 : (uint)random.Next(1 << 13));
        return new GridTensor($"{this}", Type, shape, integers, BitConverter.UInt32BitsToSingle(exponent << 23 | fraction), axis, shifts);
    }

    public EncodedTensor Encode(GridTensor grid)
    {
        Coder coder = RandomLayers.CodersOf(Method).Contains(Coder) ? Coder : Coder.None;
        GridEncoder encoder = new(grid);
        // A filter this wide has next to no false positives: what it has is found by its ids.
        EncoderOptions options = new() { Method = Method, Coder = coder, CellBits = Limits.MaxCellBits, Seed = (uint)Seed };
        return encoder.Finish(Encoders.Encode(encoder.Integers, options));
    }
}
