using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>
/// y = W x from W's non-zeros, to the bits of <see cref="MatrixProduct"/>. A sum begins as +0, so that it never is -0, and the product
/// of a zero weight, +0 or -0, leaves it as it is: zeros can be left out, as long as x is finite.
/// </summary>
/// <param name="y">Cleared: rows without a non-zero are not written.</param>
internal unsafe struct SparseProduct(float* x, float* y, ulong columns) : INonzeroVisitor<uint>
{
    private const uint Exponent = 0x7f800000;

    private ulong _row;
    private ulong _rowStart;
    private fixed float _sums[MatrixProduct.Lanes];

    /// <summary>Whether zeros can be left out: all of x is finite.</summary>
    public static bool Takes(float* x, ulong columns)
    {
        Vector128<uint> mask = Vector128.Create(Exponent);
        ulong i = 0;
        Vector128<uint> infinite = Vector128<uint>.Zero;
        for (; columns - i >= 4; i += 4)
            infinite |= Vector128.Equals(Vector128.Load((uint*)x + i) & mask, mask);
        bool isFinite = infinite == Vector128<uint>.Zero;
        for (; i < columns; i++)
            isFinite &= (((uint*)x)[i] & Exponent) != Exponent;
        return isFinite;
    }

    public void Visit(ulong first, uint* places, uint* elements, int count)
    {
        fixed (float* sums = _sums)
        {
            int i = 0;
            while (i < count)
            {
                ulong weight = first + places[i];
                if (weight - _rowStart >= columns)
                    Begin(weight / columns, sums);
                ulong end = _rowStart + columns - first;
                i += Row(places + i, (float*)elements + i, count - i, x + (first - _rowStart), (uint)(first - _rowStart), end, sums);
            }
        }
    }

    /// <summary>Ends the last row, of which there is one at least.</summary>
    public void Finish()
    {
        fixed (float* sums = _sums)
        {
            y[_row] = MatrixProduct.Fold(sums);
        }
    }

    private void Begin(ulong row, float* sums)
    {
        y[_row] = MatrixProduct.Fold(sums);
        new Span<float>(sums, MatrixProduct.Lanes).Clear();
        _row = row;
        _rowStart = row * columns;
    }

    /// <summary>Adds what lies before <paramref name="end"/>.</summary>
    /// <param name="x">Of place 0.</param>
    /// <param name="lane">Of place 0.</param>
    /// <returns>How many that were.</returns>
    private static int Row(uint* places, float* w, int count, float* x, uint lane, ulong end, float* sums)
    {
        const uint lanes = MatrixProduct.Lanes - 1;
        int i = 0;
        for (; i + 4 <= count && places[i + 3] < end; i += 4)
        {
            nuint p0 = places[i], p1 = places[i + 1], p2 = places[i + 2], p3 = places[i + 3];
            float y0 = w[i] * x[p0];
            float y1 = w[i + 1] * x[p1];
            float y2 = w[i + 2] * x[p2];
            float y3 = w[i + 3] * x[p3];
            sums[(uint)p0 + lane & lanes] += y0;
            sums[(uint)p1 + lane & lanes] += y1;
            sums[(uint)p2 + lane & lanes] += y2;
            sums[(uint)p3 + lane & lanes] += y3;
        }
        for (; i < count && places[i] < end; i++)
            sums[places[i] + lane & lanes] += w[i] * x[places[i]];
        return i;
    }
}
