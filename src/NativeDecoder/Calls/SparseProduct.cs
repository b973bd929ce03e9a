using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>
/// y = W x from W's non-zeros, to the bits of <see cref="MatrixProduct"/>. A sum begins as +0, so that it never is -0, and the product
/// of a zero weight, +0 or -0, leaves it as it is: zeros can be left out, as long as x is finite.
/// </summary>
/// <param name="y">Cleared: rows without a non-zero are not written.</param>
internal unsafe struct SparseProduct(float* x, float* y, ulong columns) : INonzeroVisitor<float>
{
    private const int LastLane = MatrixProduct.Lanes - 1;
    private const uint Exponent = 0x7f800000;

    // Of the place from which places are counted: its x, were it in the row, and its lane.
    private float* _x;
    private nuint _lane;

    // The first place behind the row.
    private nuint _end;

    private ulong _origin;
    private ulong _row;
    private ulong _rowStart;
    private fixed float _sums[MatrixProduct.Lanes];

    /// <summary>Whether zeros can be left out: all of x is finite.</summary>
    public static bool Takes(float* x, ulong columns)
    {
        Vector128<uint> mask = Vector128.Create(Exponent);
        Vector128<uint> infinite = Vector128<uint>.Zero;
        ulong i = 0;
        for (; columns - i >= 4; i += 4)
            infinite |= Vector128.Equals(Vector128.Load((uint*)x + i) & mask, mask);
        bool isFinite = infinite == Vector128<uint>.Zero;
        for (; i < columns; i++)
            isFinite &= (((uint*)x)[i] & Exponent) != Exponent;
        return isFinite;
    }

    public void Begin(ulong origin)
    {
        _origin = origin;
        PlaceRow();
    }

    public void Visit(nuint place, float value)
    {
        if (place >= _end)
            Turn(place);
        Sums[place + _lane & LastLane] += value * _x[place];
    }

    /// <remarks>
    /// Two products of different sums can be added side by side, so that an in-order core need not wait for each: the few others, and
    /// those at the end of a row, take the slow way.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit(nuint p0, nuint p1, nuint p2, nuint p3, float v0, float v1, float v2, float v3)
    {
        nuint lane = _lane;
        float* from = _x;
        nuint l0 = p0 + lane & LastLane;
        nuint l1 = p1 + lane & LastLane;
        nuint l2 = p2 + lane & LastLane;
        nuint l3 = p3 + lane & LastLane;
        if (p3 >= _end || l0 == l1 || l2 == l3)
        {
            VisitSlowly(p0, p1, p2, p3, v0, v1, v2, v3);
            return;
        }
        float* sums = Sums;
        float x0 = from[p0];
        float x1 = from[p1];
        float x2 = from[p2];
        float x3 = from[p3];
        float a0 = sums[l0];
        float a1 = sums[l1];
        x0 *= v0;
        x1 *= v1;
        x2 *= v2;
        x3 *= v3;
        a0 += x0;
        a1 += x1;
        sums[l0] = a0;
        sums[l1] = a1;
        float a2 = sums[l2];
        float a3 = sums[l3];
        a2 += x2;
        a3 += x3;
        sums[l2] = a2;
        sums[l3] = a3;
    }

    /// <summary>Ends the last row, of which there is one at least.</summary>
    public void Finish() => y[_row] = MatrixProduct.Fold(Sums);

    // It lies on the stack of the call, so that its address stays.
    private readonly float* Sums => (float*)Unsafe.AsPointer(ref Unsafe.AsRef(in _sums[0]));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VisitSlowly(nuint p0, nuint p1, nuint p2, nuint p3, float v0, float v1, float v2, float v3)
    {
        Visit(p0, v0);
        Visit(p1, v1);
        Visit(p2, v2);
        Visit(p3, v3);
    }

    /// <summary>Ends a row, and begins the one of a place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Turn(nuint place)
    {
        Finish();
        new Span<float>(Sums, MatrixProduct.Lanes).Clear();
        _row = (_origin + place) / columns;
        _rowStart = _row * columns;
        PlaceRow();
    }

    private void PlaceRow()
    {
        ulong toColumn = _origin - _rowStart;
        _x = x + toColumn;
        _lane = (nuint)toColumn;
        // Below 0 if the origin lies in a row further on.
        _end = (nuint)Math.Max((long)(columns - toColumn), 0);
    }
}
