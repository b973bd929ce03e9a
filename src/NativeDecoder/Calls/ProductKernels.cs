using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.NativeDecoder.Calls;

/// <summary>sums[i mod 32] += w[i] x[i] for a multiple of 32 columns, each product and each sum rounded.</summary>
internal static unsafe class ProductKernels
{
    /// <summary>The loop for an instruction set; null for the plain one, which the columns behind the last 32 take anyway.</summary>
    public static delegate*<float*, float*, nuint, float*, void> Choose(InstructionSet set) => set switch
    {
        InstructionSet.Scalar => null,
        InstructionSet.Avx2 when Avx2.IsSupported => &OfAvx2,
        _ => &OfVector128,
    };

    private static void OfAvx2(float* w, float* x, nuint count, float* sums)
    {
        Vector256<float> s0 = Vector256.Load(sums), s1 = Vector256.Load(sums + 8);
        Vector256<float> s2 = Vector256.Load(sums + 16), s3 = Vector256.Load(sums + 24);
        for (nuint i = 0; i < count; i += 32)
        {
            s0 = Add(s0, w + i, x + i);
            s1 = Add(s1, w + i + 8, x + i + 8);
            s2 = Add(s2, w + i + 16, x + i + 16);
            s3 = Add(s3, w + i + 24, x + i + 24);
        }
        Vector256.Store(s0, sums);
        Vector256.Store(s1, sums + 8);
        Vector256.Store(s2, sums + 16);
        Vector256.Store(s3, sums + 24);

        static Vector256<float> Add(Vector256<float> sum, float* w, float* x) => Avx.Add(sum,
            Avx.Multiply(Vector256.Load(w), Vector256.Load(x)));
    }

    private static void OfVector128(float* w, float* x, nuint count, float* sums)
    {
        Vector128<float> s0 = Vector128.Load(sums), s1 = Vector128.Load(sums + 4);
        Vector128<float> s2 = Vector128.Load(sums + 8), s3 = Vector128.Load(sums + 12);
        Vector128<float> s4 = Vector128.Load(sums + 16), s5 = Vector128.Load(sums + 20);
        Vector128<float> s6 = Vector128.Load(sums + 24), s7 = Vector128.Load(sums + 28);
        for (nuint i = 0; i < count; i += 32)
        {
            s0 += Vector128.Load(w + i) * Vector128.Load(x + i);
            s1 += Vector128.Load(w + i + 4) * Vector128.Load(x + i + 4);
            s2 += Vector128.Load(w + i + 8) * Vector128.Load(x + i + 8);
            s3 += Vector128.Load(w + i + 12) * Vector128.Load(x + i + 12);
            s4 += Vector128.Load(w + i + 16) * Vector128.Load(x + i + 16);
            s5 += Vector128.Load(w + i + 20) * Vector128.Load(x + i + 20);
            s6 += Vector128.Load(w + i + 24) * Vector128.Load(x + i + 24);
            s7 += Vector128.Load(w + i + 28) * Vector128.Load(x + i + 28);
        }
        Vector128.Store(s0, sums);
        Vector128.Store(s1, sums + 4);
        Vector128.Store(s2, sums + 8);
        Vector128.Store(s3, sums + 12);
        Vector128.Store(s4, sums + 16);
        Vector128.Store(s5, sums + 20);
        Vector128.Store(s6, sums + 24);
        Vector128.Store(s7, sums + 28);
    }
}
