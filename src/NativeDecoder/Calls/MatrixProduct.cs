using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>
/// y = W x from W's pieces. A row is 32 sums, of the columns with the same number modulo 32, each product and each sum rounded to
/// a float, folded in halves in the end: this order, and no fused multiplication, so that every machine gives the same bits.
/// </summary>
internal unsafe struct MatrixProduct(float* x, float* y, ulong columns) : IPieceVisitor<uint>
{
    public const int Lanes = 32;
    private const uint NotANumber = 0x7fc00000;

    private readonly delegate*<float*, float*, nuint, float*, void> _kernel = ProductKernels.Choose(InstructionSets.Current);
    private fixed float _sums[Lanes];

    public void Visit(ulong row, ulong column, ulong rows, ulong count, uint* elements)
    {
        fixed (float* sums = _sums)
        {
            for (ulong i = 0; i < rows; i++)
            {
                if (column == 0)
                    new Span<float>(sums, Lanes).Clear();
                Accumulate((float*)elements + i * count, x + column, (nuint)count, sums);
                if (column + count == columns)
                    y[row + i] = Fold(sums);
            }
        }
    }

    /// <summary>A piece begins at a column that is a multiple of 32.</summary>
    private readonly void Accumulate(float* w, float* x, nuint count, float* sums)
    {
        nuint whole = _kernel == null ? 0 : count & ~(nuint)(Lanes - 1);
        if (whole > 0)
            _kernel(w, x, whole, sums);
        for (nuint i = whole; i < count; i++)
            sums[i % Lanes] += w[i] * x[i];
    }

    /// <summary>A row's sum, of its 32.</summary>
    public static float Fold(float* sums)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
                sums[i] += sums[i + half];
        }
        // Of the many bit patterns that are not a number, machines make different ones.
        return float.IsNaN(sums[0]) ? BitConverter.UInt32BitsToSingle(NotANumber) : sums[0];
    }
}
