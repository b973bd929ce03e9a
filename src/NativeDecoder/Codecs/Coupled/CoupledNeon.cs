using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>AdvSimd: five hashes, a span of 128 cells.</summary>
/// <remarks>
/// Written for an in-order core, in the order in which it should issue, which the JIT keeps: all scalar work of a group, with
/// the hash of the next one between its own steps, then all loads, then the vector work on four chunks of 16 lanes at once, so
/// that nothing waits for what was begun just before it. The constants come from memory, for the JIT builds a literal again at
/// each use. `predict-a53` tells what a change to the order costs.
/// </remarks>
internal static unsafe class CoupledNeon
{
    /// <summary>Float32 with at most 8 bits a cell and 16 clusters.</summary>
    public static void Float32(CoupledRun* run, CoupledTables* tables)
    {
        byte* window = run->Window, d = run->Destination;
        ulong x = run->Counter, y = run->Y, step = run->Step, golden = tables->Golden, multiplier = tables->Multiplier;
        ulong symbols = (1u << tables->CellBits) - 1, h = CoupledHash.Mix(x, multiplier);
        Vector128<byte> t0 = Vector128.Load(tables->Planes), t1 = Vector128.Load(tables->Planes + 16),
            t2 = Vector128.Load(tables->Planes + 32), t3 = Vector128.Load(tables->Planes + 48);
        for (nint left = run->Groups; left > 0; left--)
        {
            // The bases of this group out of h, and h for the next.
            x += golden;
            byte* p = window + (y >> 32);
            ulong g = x ^ (x >> 32);
            byte* p0 = p + (h >> 57);
            ulong q1 = h << 7;
            ulong q2 = h << 14;
            ulong q3 = h << 21;
            ulong q4 = h << 28;
            g *= multiplier;
            h &= symbols;
            byte* p1 = p + (q1 >> 57);
            byte* p2 = p + (q2 >> 57);
            byte* p3 = p + (q3 >> 57);
            byte* p4 = p + (q4 >> 57);
            byte mask = (byte)h;
            byte* d1 = d + 64, d2 = d + 128, d3 = d + 192;
            y += step;
            h = g ^ (g >> 32);

            // The cells. The symbols end in the registers loaded last, which leaves the first to the stores: they want neighbours.
            Vector128<byte> a0 = Vector128.Load(p0), a1 = Vector128.Load(p0 + 16),
                a2 = Vector128.Load(p0 + 32), a3 = Vector128.Load(p0 + 48);
            Vector128<byte> b0 = Vector128.Load(p1 + 128), b1 = Vector128.Load(p1 + 144),
                b2 = Vector128.Load(p1 + 160), b3 = Vector128.Load(p1 + 176);
            Vector128<byte> c0 = Vector128.Load(p2 + 256), c1 = Vector128.Load(p2 + 272),
                c2 = Vector128.Load(p2 + 288), c3 = Vector128.Load(p2 + 304);
            Vector128<byte> e0 = Vector128.Load(p3 + 384), e1 = Vector128.Load(p3 + 400),
                e2 = Vector128.Load(p3 + 416), e3 = Vector128.Load(p3 + 432);
            Vector128<byte> s0 = Vector128.Load(p4 + 512), s1 = Vector128.Load(p4 + 528),
                s2 = Vector128.Load(p4 + 544), s3 = Vector128.Load(p4 + 560);
            Vector128<byte> m = Vector128.Create(mask);
            a0 ^= b0;
            a1 ^= b1;
            a2 ^= b2;
            a3 ^= b3;
            c0 ^= e0;
            c1 ^= e1;
            c2 ^= e2;
            c3 ^= e3;
            s0 ^= m;
            s1 ^= m;
            s2 ^= m;
            s3 ^= m;
            a0 ^= c0;
            a1 ^= c1;
            a2 ^= c2;
            a3 ^= c3;
            s0 ^= a0;
            s1 ^= a1;
            s2 ^= a2;
            s3 ^= a3;

            // The bytes of their centroids: a symbol from 16 up is looked up as zero.
            Vector128<byte> r00 = Tbl(t0, s0), r01 = Tbl(t1, s0), r02 = Tbl(t2, s0), r03 = Tbl(t3, s0);
            Vector128<byte> r10 = Tbl(t0, s1), r11 = Tbl(t1, s1), r12 = Tbl(t2, s1), r13 = Tbl(t3, s1);
            Vector128<byte> r20 = Tbl(t0, s2), r21 = Tbl(t1, s2), r22 = Tbl(t2, s2), r23 = Tbl(t3, s2);
            AdvSimd.Arm64.StoreVectorAndZip(d, (r00, r01, r02, r03));
            Vector128<byte> r30 = Tbl(t0, s3), r31 = Tbl(t1, s3), r32 = Tbl(t2, s3), r33 = Tbl(t3, s3);
            AdvSimd.Arm64.StoreVectorAndZip(d1, (r10, r11, r12, r13));
            AdvSimd.Arm64.StoreVectorAndZip(d2, (r20, r21, r22, r23));
            AdvSimd.Arm64.StoreVectorAndZip(d3, (r30, r31, r32, r33));
            d += 256;
        }
    }

    /// <summary>Cluster ids, any number of clusters.</summary>
    public static void Ids<TCells>(CoupledRun* run, CoupledTables* tables) where TCells : struct, ICells
    {
        nint high = (nint)(run->HighWindow - run->Window);
        byte* window = run->Window, d = run->Destination;
        ulong x = run->Counter, y = run->Y, step = run->Step, golden = tables->Golden, multiplier = tables->Multiplier;
        ulong symbols = (1u << tables->CellBits) - 1, h = CoupledHash.Mix(x, multiplier);
        Vector128<byte> clusters = Vector128.Create((byte)tables->Clusters);
        for (nint left = run->Groups; left > 0; left--)
        {
            // The bases of this group out of h, and h for the next.
            x += golden;
            byte* p = window + (y >> 32);
            ulong g = x ^ (x >> 32);
            byte* p0 = p + (h >> 57);
            ulong q1 = h << 7;
            ulong q2 = h << 14;
            ulong q3 = h << 21;
            ulong q4 = h << 28;
            g *= multiplier;
            h &= symbols;
            byte* p1 = p + (q1 >> 57);
            byte* p2 = p + (q2 >> 57);
            byte* p3 = p + (q3 >> 57);
            byte* p4 = p + (q4 >> 57);
            byte mask = (byte)h;
            byte highMask = (byte)(h >> 8);
            byte* d2 = d + 32;
            y += step;
            h = g ^ (g >> 32);

            // The cells. The symbols end in the registers loaded last, which leaves the first to the stores: they want neighbours.
            Vector128<byte> a0 = Vector128.Load(p0), a1 = Vector128.Load(p0 + 16),
                a2 = Vector128.Load(p0 + 32), a3 = Vector128.Load(p0 + 48);
            Vector128<byte> b0 = Vector128.Load(p1 + 128), b1 = Vector128.Load(p1 + 144),
                b2 = Vector128.Load(p1 + 160), b3 = Vector128.Load(p1 + 176);
            Vector128<byte> c0 = Vector128.Load(p2 + 256), c1 = Vector128.Load(p2 + 272),
                c2 = Vector128.Load(p2 + 288), c3 = Vector128.Load(p2 + 304);
            Vector128<byte> e0 = Vector128.Load(p3 + 384), e1 = Vector128.Load(p3 + 400),
                e2 = Vector128.Load(p3 + 416), e3 = Vector128.Load(p3 + 432);
            Vector128<byte> s0 = Vector128.Load(p4 + 512), s1 = Vector128.Load(p4 + 528),
                s2 = Vector128.Load(p4 + 544), s3 = Vector128.Load(p4 + 560);
            Vector128<byte> m = Vector128.Create(mask);
            a0 ^= b0;
            a1 ^= b1;
            a2 ^= b2;
            a3 ^= b3;
            c0 ^= e0;
            c1 ^= e1;
            c2 ^= e2;
            c3 ^= e3;
            s0 ^= m;
            s1 ^= m;
            s2 ^= m;
            s3 ^= m;
            a0 ^= c0;
            a1 ^= c1;
            a2 ^= c2;
            a3 ^= c3;
            s0 ^= a0;
            s1 ^= a1;
            s2 ^= a2;
            s3 ^= a3;

            // A symbol below K is id - 1; others are zero.
            Vector128<byte> k0 = Vector128.GreaterThan(clusters, s0);
            Vector128<byte> k1 = Vector128.GreaterThan(clusters, s1);
            Vector128<byte> k2 = Vector128.GreaterThan(clusters, s2);
            Vector128<byte> k3 = Vector128.GreaterThan(clusters, s3);
            if (TCells.AreWide)
            {
                // The upper bits of a key are zero.
                a0 = Vector128.Load(p0 + high);
                a1 = Vector128.Load(p0 + high + 16);
                a2 = Vector128.Load(p0 + high + 32);
                a3 = Vector128.Load(p0 + high + 48);
                b0 = Vector128.Load(p1 + high + 128);
                b1 = Vector128.Load(p1 + high + 144);
                b2 = Vector128.Load(p1 + high + 160);
                b3 = Vector128.Load(p1 + high + 176);
                c0 = Vector128.Load(p2 + high + 256);
                c1 = Vector128.Load(p2 + high + 272);
                c2 = Vector128.Load(p2 + high + 288);
                c3 = Vector128.Load(p2 + high + 304);
                e0 = Vector128.Load(p3 + high + 384);
                e1 = Vector128.Load(p3 + high + 400);
                e2 = Vector128.Load(p3 + high + 416);
                e3 = Vector128.Load(p3 + high + 432);
                a0 ^= b0;
                a1 ^= b1;
                a2 ^= b2;
                a3 ^= b3;
                b0 = Vector128.Load(p4 + high + 512);
                b1 = Vector128.Load(p4 + high + 528);
                b2 = Vector128.Load(p4 + high + 544);
                b3 = Vector128.Load(p4 + high + 560);
                m = Vector128.Create(highMask);
                c0 ^= e0;
                c1 ^= e1;
                c2 ^= e2;
                c3 ^= e3;
                b0 ^= m;
                b1 ^= m;
                b2 ^= m;
                b3 ^= m;
                a0 ^= c0;
                a1 ^= c1;
                a2 ^= c2;
                a3 ^= c3;
                a0 = Vector128.Equals(a0, b0);
                a1 = Vector128.Equals(a1, b1);
                a2 = Vector128.Equals(a2, b2);
                a3 = Vector128.Equals(a3, b3);
                k0 &= a0;
                k1 &= a1;
                k2 &= a2;
                k3 &= a3;
            }
            s0 -= k0;
            s1 -= k1;
            s2 -= k2;
            s3 -= k3;
            s0 &= k0;
            s1 &= k1;
            s2 &= k2;
            s3 &= k3;
            AdvSimd.Arm64.StorePair(d, s0, s1);
            AdvSimd.Arm64.StorePair(d2, s2, s3);
            d += 64;
        }
    }

    /// <summary>As <see cref="CoupledVector128.Unpack"/>.</summary>
    public static void Unpack(byte* words, int planes, byte* cells, CoupledTables* tables)
    {
        Vector128<byte> bits = Vector128.Load(tables->Bits), i0 = Vector128.Load(tables->Lanes), i1 = Vector128.Load(tables->Lanes + 16),
            i2 = Vector128.Load(tables->Lanes + 32), i3 = Vector128.Load(tables->Lanes + 48);
        Vector128<byte> a0 = default, a1 = default, a2 = default, a3 = default;
        for (byte* p = words + 8 * planes; p > words;)
        {
            p -= 8;
            Vector128<byte> w = Vector64.Load(p).ToVector128Unsafe();
            a0 += a0;
            a1 += a1;
            a2 += a2;
            a3 += a3;
            Vector128<byte> b0 = Tbl(w, i0), b1 = Tbl(w, i1), b2 = Tbl(w, i2), b3 = Tbl(w, i3);
            b0 = AdvSimd.CompareTest(b0, bits);
            b1 = AdvSimd.CompareTest(b1, bits);
            b2 = AdvSimd.CompareTest(b2, bits);
            b3 = AdvSimd.CompareTest(b3, bits);
            a0 -= b0;
            a1 -= b1;
            a2 -= b2;
            a3 -= b3;
        }
        AdvSimd.Arm64.StorePair(cells, a0, a1);
        AdvSimd.Arm64.StorePair(cells + 32, a2, a3);
    }

    private static Vector128<byte> Tbl(Vector128<byte> table, Vector128<byte> index) => AdvSimd.Arm64.VectorTableLookup(table, index);
}
