using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>The loops of the coupled filter with 128-bit vectors of any machine.</summary>
internal static unsafe class CoupledVector128
{
    /// <summary>The ids of whole groups, for every k, S, t and K.</summary>
    [SkipLocalsInit]
    public static void Ids(CoupledRun* run, CoupledTables* tables)
    {
        byte** low = stackalloc byte*[CoupledFilter.MaxHashes];
        nint high = (nint)(run->HighWindow - run->Window);
        byte* d = run->Destination;
        ulong x = run->Counter, y = run->Y;
        int k = tables->Hashes, mask = (1 << tables->CellBits) - 1;
        Vector128<byte> last = Vector128.Create((byte)(tables->Clusters - 1));
        for (nint left = run->Groups; left > 0; left--)
        {
            ulong h = CoupledHash.Mix(x);
            for (int j = 0; j < k; j++)
                low[j] = run->Window + (y >> 32) + CoupledHash.Base(h, j, tables->SpanLog2);
            int symbols = (int)h & mask;
            for (int l = 0; l < CoupledFilter.GroupSize; l += 16)
            {
                Vector128<byte> a = Vector128.Create((byte)symbols);
                for (int j = 0; j < k; j++)
                    a ^= Vector128.Load(low[j] + l);
                Vector128<byte> isKey = Vector128.Equals(Vector128.Min(a, last), a);
                if (mask > 255)
                {
                    Vector128<byte> b = Vector128.Create((byte)(symbols >> 8));
                    for (int j = 0; j < k; j++)
                        b ^= Vector128.Load(low[j] + high + l);
                    isKey &= Vector128.Equals(b, Vector128<byte>.Zero);
                }
                Vector128.Store((a + Vector128<byte>.One) & isKey, d + l);
            }
            d += CoupledFilter.GroupSize;
            x += CoupledHash.Golden;
            y += run->Step;
        }
    }

    /// <summary>Bits to bytes, of 64 cells.</summary>
    public static void Unpack(byte* words, int planes, byte* cells, CoupledTables* tables)
    {
        Vector128<byte> bits = Vector128.Load(tables->Bits);
        Vector128<byte> a0 = default, a1 = default, a2 = default, a3 = default;
        // From the highest plane down, doubling what is there already.
        for (byte* p = words + 8 * planes; p > words;)
        {
            p -= 8;
            Vector128<byte> w = Vector128.CreateScalarUnsafe(*(ulong*)p).AsByte();
            a0 = a0 + a0 - Set(w, tables->Lanes, bits);
            a1 = a1 + a1 - Set(w, tables->Lanes + 16, bits);
            a2 = a2 + a2 - Set(w, tables->Lanes + 32, bits);
            a3 = a3 + a3 - Set(w, tables->Lanes + 48, bits);
        }
        Vector128.Store(a0, cells);
        Vector128.Store(a1, cells + 16);
        Vector128.Store(a2, cells + 32);
        Vector128.Store(a3, cells + 48);

        static Vector128<byte> Set(Vector128<byte> w, byte* lanes, Vector128<byte> bits) =>
            Vector128.Equals(Look(w, Vector128.Load(lanes)) & bits, bits);
    }

    // NativeAOT makes a loop over bytes of the portable shuffle.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Look(Vector128<byte> table, Vector128<byte> index) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(table, index)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table, index)
        : Vector128.Shuffle(table, index);
}
