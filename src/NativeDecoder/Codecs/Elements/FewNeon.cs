using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Weightless.NativeDecoder.Codecs.Elements;

/// <summary>AdvSimd: at most 16 ids, whose elements are looked up byte by byte and stored interleaved, 64 at a time.</summary>
internal static unsafe class FewNeon
{
    public static void Bytes(byte* ids, ulong count, void* table, void* output)
    {
        byte* dst = (byte*)output;
        Vector128<byte> t = Vector128.Load((byte*)table);
        for (; count >= 64; count -= 64)
        {
            Vector128<byte> x0 = Vector128.Load(ids), x1 = Vector128.Load(ids + 16), x2 = Vector128.Load(ids + 32), x3 = Vector128.Load(ids + 48);
            ids += 64;
            Vector128<byte> a = Tbl(t, x0), b = Tbl(t, x1), c = Tbl(t, x2), d = Tbl(t, x3);
            AdvSimd.Arm64.StorePair(dst, a, b);
            AdvSimd.Arm64.StorePair(dst + 32, c, d);
            dst += 64;
        }
        IdLookUp.OneByOne<byte>(ids, count, table, dst);
    }

    public static void Pairs(byte* ids, ulong count, void* table, void* output)
    {
        byte* dst = (byte*)output;
        (Vector128<byte> t0, Vector128<byte> t1) = AdvSimd.Arm64.Load2xVector128AndUnzip((byte*)table);
        for (; count >= 64; count -= 64)
        {
            byte* d1 = dst + 32, d2 = dst + 64, d3 = dst + 96;
            Vector128<byte> x0 = Vector128.Load(ids), x1 = Vector128.Load(ids + 16), x2 = Vector128.Load(ids + 32), x3 = Vector128.Load(ids + 48);
            ids += 64;
            Vector128<byte> a0 = Tbl(t0, x0), b0 = Tbl(t1, x0), a1 = Tbl(t0, x1), b1 = Tbl(t1, x1);
            Vector128<byte> a2 = Tbl(t0, x2), b2 = Tbl(t1, x2);
            AdvSimd.Arm64.StoreVectorAndZip(dst, (a0, b0));
            Vector128<byte> a3 = Tbl(t0, x3), b3 = Tbl(t1, x3);
            AdvSimd.Arm64.StoreVectorAndZip(d1, (a1, b1));
            AdvSimd.Arm64.StoreVectorAndZip(d2, (a2, b2));
            AdvSimd.Arm64.StoreVectorAndZip(d3, (a3, b3));
            dst += 128;
        }
        IdLookUp.OneByOne<ushort>(ids, count, table, dst);
    }

    public static void Quads(byte* ids, ulong count, void* table, void* output)
    {
        byte* dst = (byte*)output;
        (Vector128<byte> t0, Vector128<byte> t1, Vector128<byte> t2, Vector128<byte> t3) = AdvSimd.Arm64.Load4xVector128AndUnzip((byte*)table);
        for (; count >= 64; count -= 64)
        {
            byte* d1 = dst + 64, d2 = dst + 128, d3 = dst + 192;
            Vector128<byte> x0 = Vector128.Load(ids), x1 = Vector128.Load(ids + 16), x2 = Vector128.Load(ids + 32), x3 = Vector128.Load(ids + 48);
            ids += 64;
            Vector128<byte> a0 = Tbl(t0, x0), b0 = Tbl(t1, x0), c0 = Tbl(t2, x0), e0 = Tbl(t3, x0);
            Vector128<byte> a1 = Tbl(t0, x1), b1 = Tbl(t1, x1), c1 = Tbl(t2, x1), e1 = Tbl(t3, x1);
            Vector128<byte> a2 = Tbl(t0, x2), b2 = Tbl(t1, x2), c2 = Tbl(t2, x2), e2 = Tbl(t3, x2);
            AdvSimd.Arm64.StoreVectorAndZip(dst, (a0, b0, c0, e0));
            Vector128<byte> a3 = Tbl(t0, x3), b3 = Tbl(t1, x3), c3 = Tbl(t2, x3), e3 = Tbl(t3, x3);
            AdvSimd.Arm64.StoreVectorAndZip(d1, (a1, b1, c1, e1));
            AdvSimd.Arm64.StoreVectorAndZip(d2, (a2, b2, c2, e2));
            AdvSimd.Arm64.StoreVectorAndZip(d3, (a3, b3, c3, e3));
            dst += 256;
        }
        IdLookUp.OneByOne<uint>(ids, count, table, dst);
    }

    private static Vector128<byte> Tbl(Vector128<byte> table, Vector128<byte> index) => AdvSimd.Arm64.VectorTableLookup(table, index);
}
