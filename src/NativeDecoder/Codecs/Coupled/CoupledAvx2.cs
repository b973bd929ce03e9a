using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>AVX2: five hashes, a span of 128 cells.</summary>
/// <remarks>
/// NativeAOT compiles it only for a baseline that has AVX, for VEX code would keep others from running at all: in the library that
/// `make install` puts into glibc-hwcaps/x86-64-v3, where ld.so finds it on machines that have it. The other runs <see cref="CoupledSse"/>.
/// </remarks>
internal static unsafe class CoupledAvx2
{
    /// <summary>Float32 with at most 8 bits a cell and 7 clusters: one permutation gives eight weights. Entry K of the table is zero.</summary>
    public static void FewFloat32<TStore>(CoupledRun* run, CoupledTables* tables) where TStore : struct, IStore
    {
        float* d = (float*)run->Destination;
        byte* window = run->Window;
        ulong x = run->Counter, y = run->Y, step = run->Step;
        byte symbols = (byte)((1 << tables->CellBits) - 1);
        Vector256<float> values = Vector256.Load((float*)tables->Elements + 1);
        Vector256<byte> none = Vector256.Create((byte)tables->Clusters);
        for (nint left = run->Groups; left > 0; left--, d += 64, x += CoupledHash.Golden, y += step)
        {
            ulong h = CoupledHash.Mix(x);
            byte* p = window + (y >> 32);
            Vector256<byte> mask = Vector256.Create((byte)(h & symbols));
            for (int l = 0; l < 64; l += 32)
            {
                Vector256<byte> a = Vector256.Min(Symbols(p + l, h, mask), none);
                Vector128<byte> low = a.GetLower(), high = a.GetUpper();
                TStore.Store(Look(values, low), d + l);
                TStore.Store(Look(values, Sse2.ShiftRightLogical128BitLane(low, 8)), d + l + 8);
                TStore.Store(Look(values, high), d + l + 16);
                TStore.Store(Look(values, Sse2.ShiftRightLogical128BitLane(high, 8)), d + l + 24);
            }
        }
    }

    /// <summary>Float32 with at most 8 bits a cell and 16 clusters: four byte planes, interleaved.</summary>
    public static void Float32<TStore>(CoupledRun* run, CoupledTables* tables) where TStore : struct, IStore
    {
        float* d = (float*)run->Destination;
        byte* window = run->Window;
        ulong x = run->Counter, y = run->Y, step = run->Step;
        byte symbols = (byte)((1 << tables->CellBits) - 1);
        // An index of 128 or more makes the shuffle give zero.
        Vector256<byte> none = Vector256.Create((byte)(128 - 16));
        Vector256<byte> t0 = Table(tables->Planes), t1 = Table(tables->Planes + 16), t2 = Table(tables->Planes + 32),
            t3 = Table(tables->Planes + 48);
        for (nint left = run->Groups; left > 0; left--, d += 64, x += CoupledHash.Golden, y += step)
        {
            ulong h = CoupledHash.Mix(x);
            byte* p = window + (y >> 32);
            Vector256<byte> mask = Vector256.Create((byte)(h & symbols));
            for (int l = 0; l < 64; l += 32)
            {
                Vector256<byte> a = Avx2.AddSaturate(Symbols(p + l, h, mask), none);
                Vector256<byte> b0 = Avx2.Shuffle(t0, a), b1 = Avx2.Shuffle(t1, a), b2 = Avx2.Shuffle(t2, a), b3 = Avx2.Shuffle(t3, a);
                Vector256<ushort> u0 = Avx2.UnpackLow(b0, b1).AsUInt16(), u1 = Avx2.UnpackHigh(b0, b1).AsUInt16();
                Vector256<ushort> v0 = Avx2.UnpackLow(b2, b3).AsUInt16(), v1 = Avx2.UnpackHigh(b2, b3).AsUInt16();
                Vector256<float> w0 = Avx2.UnpackLow(u0, v0).AsSingle(), w1 = Avx2.UnpackHigh(u0, v0).AsSingle();
                Vector256<float> w2 = Avx2.UnpackLow(u1, v1).AsSingle(), w3 = Avx2.UnpackHigh(u1, v1).AsSingle();
                TStore.Store(Avx.Permute2x128(w0, w1, 0x20), d + l);
                TStore.Store(Avx.Permute2x128(w2, w3, 0x20), d + l + 8);
                TStore.Store(Avx.Permute2x128(w0, w1, 0x31), d + l + 16);
                TStore.Store(Avx.Permute2x128(w2, w3, 0x31), d + l + 24);
            }
        }
    }

    /// <summary>Cluster ids, any number of clusters.</summary>
    public static void Ids<TCells>(CoupledRun* run, CoupledTables* tables) where TCells : struct, ICells
    {
        nint high = (nint)(run->HighWindow - run->Window);
        byte* d = run->Destination;
        byte* window = run->Window;
        ulong x = run->Counter, y = run->Y, step = run->Step;
        uint symbols = (1u << tables->CellBits) - 1;
        Vector256<byte> last = Vector256.Create((byte)(tables->Clusters - 1));
        for (nint left = run->Groups; left > 0; left--, d += 64, x += CoupledHash.Golden, y += step)
        {
            ulong h = CoupledHash.Mix(x);
            byte* p = window + (y >> 32);
            uint masks = (uint)h & symbols;
            Vector256<byte> mask = Vector256.Create((byte)masks), highMask = Vector256.Create((byte)(masks >> 8));
            for (int l = 0; l < 64; l += 32)
            {
                Vector256<byte> a = Symbols(p + l, h, mask);
                Vector256<byte> isKey = Vector256.Equals(Vector256.Min(a, last), a);
                if (TCells.AreWide)
                    isKey &= Vector256.Equals(Symbols(p + high + l, h, highMask), Vector256<byte>.Zero);
                Vector256.Store((a + Vector256<byte>.One) & isKey, d + l);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Symbols(byte* p, ulong h, Vector256<byte> mask) =>
        Vector256.Load(p + (h >> 57)) ^ Vector256.Load(p + 128 + ((h << 7) >> 57)) ^ Vector256.Load(p + 256 + ((h << 14) >> 57))
        ^ Vector256.Load(p + 384 + ((h << 21) >> 57)) ^ Vector256.Load(p + 512 + ((h << 28) >> 57)) ^ mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Look(Vector256<float> values, Vector128<byte> index) =>
        Avx2.PermuteVar8x32(values, Avx2.ConvertToVector256Int32(index));

    private static Vector256<byte> Table(byte* plane) => Vector256.Create(Vector128.Load(plane), Vector128.Load(plane));
}
