using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>SSSE3, which every x64 machine of NativeAOT has: five hashes, a span of 128 cells.</summary>
internal static unsafe class CoupledSse
{
    /// <summary>Cluster ids, any number of clusters.</summary>
    public static void Ids<TCells>(CoupledRun* run, CoupledTables* tables) where TCells : struct, ICells
    {
        nint high = (nint)(run->HighWindow - run->Window);
        byte* d = run->Destination;
        byte* window = run->Window;
        ulong x = run->Counter, y = run->Y, step = run->Step;
        uint symbols = (1u << tables->CellBits) - 1;
        Vector128<byte> last = Vector128.Create((byte)(tables->Clusters - 1));
        for (nint left = run->Groups; left > 0; left--, d += 64, x += CoupledHash.Golden, y += step)
        {
            ulong h = CoupledHash.Mix(x);
            byte* p = window + (y >> 32);
            uint masks = (uint)h & symbols;
            Vector128<byte> mask = Vector128.Create((byte)masks), highMask = Vector128.Create((byte)(masks >> 8));
            for (int l = 0; l < 64; l += 16)
            {
                Vector128<byte> a = Symbols(p + l, h, mask);
                Vector128<byte> isKey = Vector128.Equals(Vector128.Min(a, last), a);
                if (TCells.AreWide)
                    isKey &= Vector128.Equals(Symbols(p + high + l, h, highMask), Vector128<byte>.Zero);
                Vector128.Store((a + Vector128<byte>.One) & isKey, d + l);
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
        Vector128<byte> none = Vector128.Create((byte)(128 - 16));
        Vector128<byte> t0 = Vector128.Load(tables->Planes), t1 = Vector128.Load(tables->Planes + 16),
            t2 = Vector128.Load(tables->Planes + 32), t3 = Vector128.Load(tables->Planes + 48);
        for (nint left = run->Groups; left > 0; left--, d += 64, x += CoupledHash.Golden, y += step)
        {
            ulong h = CoupledHash.Mix(x);
            byte* p = window + (y >> 32);
            Vector128<byte> mask = Vector128.Create((byte)(h & symbols));
            for (int l = 0; l < 64; l += 16)
            {
                Vector128<byte> a = Sse2.AddSaturate(Symbols(p + l, h, mask), none);
                Vector128<byte> b0 = Ssse3.Shuffle(t0, a), b1 = Ssse3.Shuffle(t1, a), b2 = Ssse3.Shuffle(t2, a),
                    b3 = Ssse3.Shuffle(t3, a);
                Vector128<ushort> u0 = Sse2.UnpackLow(b0, b1).AsUInt16(), u1 = Sse2.UnpackHigh(b0, b1).AsUInt16();
                Vector128<ushort> v0 = Sse2.UnpackLow(b2, b3).AsUInt16(), v1 = Sse2.UnpackHigh(b2, b3).AsUInt16();
                TStore.Store(Sse2.UnpackLow(u0, v0).AsSingle(), d + l);
                TStore.Store(Sse2.UnpackHigh(u0, v0).AsSingle(), d + l + 4);
                TStore.Store(Sse2.UnpackLow(u1, v1).AsSingle(), d + l + 8);
                TStore.Store(Sse2.UnpackHigh(u1, v1).AsSingle(), d + l + 12);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Symbols(byte* p, ulong h, Vector128<byte> mask) =>
        Vector128.Load(p + (h >> 57)) ^ Vector128.Load(p + 128 + ((h << 7) >> 57)) ^ Vector128.Load(p + 256 + ((h << 14) >> 57))
        ^ Vector128.Load(p + 384 + ((h << 21) >> 57)) ^ Vector128.Load(p + 512 + ((h << 28) >> 57)) ^ mask;
}
