using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// The inner loops of the linear algebra. Ahead-of-time code has 128-bit vectors unless it asks the machine, as here.
/// </summary>
internal static class VectorKernels
{
    /// <summary>y += a x.</summary>
    public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float a)
    {
        int i = 0;
        ref float target = ref MemoryMarshal.GetReference(y);
        ref float source = ref MemoryMarshal.GetReference(x[..y.Length]);
        if (Fma.IsSupported)
        {
            Vector256<float> factor = Vector256.Create(a);
            for (; i <= y.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Fma.MultiplyAdd(factor, Vector256.LoadUnsafe(ref source, (nuint)i), Vector256.LoadUnsafe(ref target, (nuint)i))
                    .StoreUnsafe(ref target, (nuint)i);
            }
        }
        else
        {
            Vector<float> factor = new(a);
            for (; i <= y.Length - Vector<float>.Count; i += Vector<float>.Count)
                (Vector.LoadUnsafe(ref target, (nuint)i) + factor * Vector.LoadUnsafe(ref source, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < y.Length; i++)
            y[i] += a * x[i];
    }

    /// <summary>y += a x.</summary>
    public static void AddScaled(Span<double> y, ReadOnlySpan<double> x, double a)
    {
        int i = 0;
        ref double target = ref MemoryMarshal.GetReference(y);
        ref double source = ref MemoryMarshal.GetReference(x[..y.Length]);
        if (Fma.IsSupported)
        {
            Vector256<double> factor = Vector256.Create(a);
            for (; i <= y.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                Fma.MultiplyAdd(factor, Vector256.LoadUnsafe(ref source, (nuint)i), Vector256.LoadUnsafe(ref target, (nuint)i))
                    .StoreUnsafe(ref target, (nuint)i);
            }
        }
        else
        {
            Vector<double> factor = new(a);
            for (; i <= y.Length - Vector<double>.Count; i += Vector<double>.Count)
                (Vector.LoadUnsafe(ref target, (nuint)i) + factor * Vector.LoadUnsafe(ref source, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < y.Length; i++)
            y[i] += a * x[i];
    }

    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        int i = 0;
        double sum = 0;
        ref double left = ref MemoryMarshal.GetReference(x);
        ref double right = ref MemoryMarshal.GetReference(y[..x.Length]);
        if (Fma.IsSupported)
        {
            const int unrolled = 4;
            Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
            int step = Vector256<double>.Count;
            for (; i <= x.Length - unrolled * step; i += unrolled * step)
            {
                s0 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref left, (nuint)i), Vector256.LoadUnsafe(ref right, (nuint)i), s0);
                s1 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref left, (nuint)(i + step)), Vector256.LoadUnsafe(ref right, (nuint)(i + step)), s1);
                s2 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref left, (nuint)(i + 2 * step)), Vector256.LoadUnsafe(ref right, (nuint)(i + 2 * step)), s2);
                s3 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref left, (nuint)(i + 3 * step)), Vector256.LoadUnsafe(ref right, (nuint)(i + 3 * step)), s3);
            }
            sum = Vector256.Sum((s0 + s1) + (s2 + s3));
        }
        else
        {
            Vector<double> sums = default;
            for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
                sums += Vector.LoadUnsafe(ref left, (nuint)i) * Vector.LoadUnsafe(ref right, (nuint)i);
            sum = Vector.Sum(sums);
        }
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>The dot product, in double precision because loss sums differ by little.</summary>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        const int piece = 256;
        for (int start = 0; start < x.Length; start += piece)
        {
            int count = Math.Min(piece, x.Length - start);
            sum += ShortDot(x.Slice(start, count), y.Slice(start, count));
        }
        return sum;
    }

    private static float ShortDot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int i = 0;
        float sum = 0;
        ref float left = ref MemoryMarshal.GetReference(x);
        ref float right = ref MemoryMarshal.GetReference(y[..x.Length]);
        if (Fma.IsSupported)
        {
            Vector256<float> sums = default;
            for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
                sums = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref left, (nuint)i), Vector256.LoadUnsafe(ref right, (nuint)i), sums);
            sum = Vector256.Sum(sums);
        }
        else
        {
            Vector<float> sums = default;
            for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
                sums += Vector.LoadUnsafe(ref left, (nuint)i) * Vector.LoadUnsafe(ref right, (nuint)i);
            sum = Vector.Sum(sums);
        }
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    public const int PanelWidth = 16;
    public const int TileRows = 4;

    /// <summary>
    /// Adds to a tile of <see cref="TileRows"/> x <see cref="PanelWidth"/> numbers the products of samples: a tile row is a
    /// column of one panel, a tile column a column of the other. A panel has <see cref="PanelWidth"/> numbers a sample.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProducts(Span<float> tile, int stride, ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, int samples)
    {
        if (!Fma.IsSupported)
        {
            AddProductsPlainly(tile, stride, rows, columns, samples);
            return;
        }
        ref float left = ref MemoryMarshal.GetReference(rows);
        ref float right = ref MemoryMarshal.GetReference(columns);
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (int s = 0; s < samples; s++)
        {
            nuint at = (nuint)(s * PanelWidth);
            Vector256<float> low = Vector256.LoadUnsafe(ref right, at);
            Vector256<float> high = Vector256.LoadUnsafe(ref right, at + 8);
            Vector256<float> x = Vector256.Create(Unsafe.Add(ref left, at));
            a0 = Fma.MultiplyAdd(x, low, a0);
            a1 = Fma.MultiplyAdd(x, high, a1);
            x = Vector256.Create(Unsafe.Add(ref left, at + 1));
            b0 = Fma.MultiplyAdd(x, low, b0);
            b1 = Fma.MultiplyAdd(x, high, b1);
            x = Vector256.Create(Unsafe.Add(ref left, at + 2));
            c0 = Fma.MultiplyAdd(x, low, c0);
            c1 = Fma.MultiplyAdd(x, high, c1);
            x = Vector256.Create(Unsafe.Add(ref left, at + 3));
            d0 = Fma.MultiplyAdd(x, low, d0);
            d1 = Fma.MultiplyAdd(x, high, d1);
        }
        Add(tile, a0, a1);
        Add(tile[stride..], b0, b1);
        Add(tile[(2 * stride)..], c0, c1);
        Add(tile[(3 * stride)..], d0, d1);

        static void Add(Span<float> row, Vector256<float> low, Vector256<float> high)
        {
            ref float target = ref MemoryMarshal.GetReference(row[..PanelWidth]);
            (Vector256.LoadUnsafe(ref target) + low).StoreUnsafe(ref target);
            (Vector256.LoadUnsafe(ref target, 8) + high).StoreUnsafe(ref target, 8);
        }
    }

    private static void AddProductsPlainly(Span<float> tile, int stride, ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, int samples)
    {
        Span<float> sums = stackalloc float[PanelWidth];
        for (int row = 0; row < TileRows; row++)
        {
            sums.Clear();
            for (int s = 0; s < samples; s++)
                AddScaled(sums, columns.Slice(s * PanelWidth, PanelWidth), rows[s * PanelWidth + row]);
            AddScaled(tile.Slice(row * stride, PanelWidth), sums, 1);
        }
    }
}
