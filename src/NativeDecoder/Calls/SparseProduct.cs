using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>
/// y = W x from W's non-zeros, to the bits of <see cref="MatrixProduct"/>. A sum begins as +0, so that it never is -0, and the product
/// of a zero weight, +0 or -0, leaves it as it is: zeros can be left out, as long as x is finite.
/// </summary>
/// <param name="y">Cleared: rows without a non-zero are not written.</param>
internal unsafe struct SparseProduct(float* x, float* y, ulong columns) : INonzeroVisitor
{
    private const uint Exponent = 0x7f800000;

    private ulong _row;
    private ulong _rowStart;
    private fixed float _sums[MatrixProduct.Lanes + 1];

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
                i += Row(places + i, (float*)elements + i, count - i, x + (first - _rowStart), (nuint)(first - _rowStart), end, sums);
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
    /// <param name="sums">The row's, and one that nobody reads.</param>
    /// <returns>How many that were.</returns>
    /// <remarks>
    /// Products are added a turn after they are made, two at a time, so that an in-order core need not wait for them. Two of one sum
    /// cannot be added side by side: these few are added at once, and nothing is left to the next turn but the last.
    /// </remarks>
    private static int Row(uint* places, float* w, int count, float* x, nuint lane, ulong end, float* sums)
    {
        const int lanes = MatrixProduct.Lanes - 1, spare = MatrixProduct.Lanes;
        nuint l0 = spare, l1 = spare, l2 = spare, l3 = spare;
        float y0 = 0, y1 = 0, y2 = 0, y3 = 0;
        uint* next = places;
        uint* last = places + count;
        uint limit = (uint)Math.Min(end, uint.MaxValue);
        for (; next + 4 <= last && next[3] < limit; next += 4)
        {
            nuint p0 = next[0];
            nuint p1 = next[1];
            float a0 = sums[l0];
            float a1 = sums[l1];
            float x0 = x[p0];
            float x1 = x[p1];
            float w0 = w[0];
            float w1 = w[1];
            nuint p2 = next[2];
            nuint p3 = next[3];
            a0 += y0;
            a1 += y1;
            y0 = w0 * x0;
            y1 = w1 * x1;
            float x2 = x[p2];
            float x3 = x[p3];
            sums[l0] = a0;
            l0 = p0 + lane & lanes;
            sums[l1] = a1;
            l1 = p1 + lane & lanes;
            float a2 = sums[l2];
            float a3 = sums[l3];
            float w2 = w[2];
            float w3 = w[3];
            w += 4;
            a2 += y2;
            a3 += y3;
            y2 = w2 * x2;
            y3 = w3 * x3;
            sums[l2] = a2;
            l2 = p2 + lane & lanes;
            sums[l3] = a3;
            l3 = p3 + lane & lanes;
            if (l0 == l1 || l2 == l3)
            {
                sums[l0] += y0;
                sums[l1] += y1;
                sums[l2] += y2;
                l0 = l1 = l2 = spare;
            }
        }
        sums[l0] += y0;
        sums[l1] += y1;
        sums[l2] += y2;
        sums[l3] += y3;
        for (; next < last && *next < limit; next++)
            sums[*next + lane & lanes] += *w++ * x[*next];
        return (int)(next - places);
    }
}
