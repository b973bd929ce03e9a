using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Dense;

/// <summary>Ids of one width, 1..8 bits, lowest bits first: eight of them are as many bytes as an id has bits.</summary>
internal static unsafe class PackedIds
{
    /// <summary>Ids that are unpacked at a time.</summary>
    private const int Group = 8;

    /// <summary>A loop from packed ids to a byte each.</summary>
    /// <returns>Its arguments: the first id's byte, bits of an id, number of ids, output. It reads no byte behind the last id's.</returns>
    public static delegate*<byte*, int, ulong, byte*, void> Unpacking(InstructionSet set, int bits)
    {
        if (set == InstructionSet.Scalar || !Vector128.IsHardwareAccelerated)
            return &Scalar;
        return bits switch
        {
            1 => &Vectors<Bits1>,
            2 => &Vectors<Bits2>,
            4 => &Vectors<Bits4>,
            _ => &Scalar,
        };
    }

    /// <summary>The largest of ids.</summary>
    public static uint Largest(byte* ids, ulong count)
    {
        uint largest = 0;
        if (Vector128.IsHardwareAccelerated && count >= 64)
        {
            Vector128<byte> a = default, b = default, c = default, d = default;
            for (; count >= 64; count -= 64)
            {
                Vector128<byte> x = Vector128.Load(ids), y = Vector128.Load(ids + 16), z = Vector128.Load(ids + 32), w = Vector128.Load(ids + 48);
                ids += 64;
                a = Vector128.Max(a, x);
                b = Vector128.Max(b, y);
                c = Vector128.Max(c, z);
                d = Vector128.Max(d, w);
            }
            a = Vector128.Max(Vector128.Max(a, b), Vector128.Max(c, d));
            byte* bytes = stackalloc byte[16];
            a.Store(bytes);
            for (int i = 0; i < 16; i++)
                largest = Math.Max(largest, bytes[i]);
        }
        for (; count > 0; count--)
            largest = Math.Max(largest, *ids++);
        return largest;
    }

    /// <summary>The reference: any width, eight at a time.</summary>
    private static void Scalar(byte* packed, int bits, ulong count, byte* ids)
    {
        uint mask = (1u << bits) - 1;
        for (; count >= Group; count -= Group)
        {
            // Two halves: four ids of 8 bits are 32.
            ulong eight = 0;
            for (int i = 0; i < bits; i++)
                eight |= (ulong)packed[i] << 8 * i;
            for (int i = 0; i < Group; i++)
                ids[i] = (byte)((uint)(eight >> i * bits) & mask);
            packed += bits;
            ids += Group;
        }
        uint used = 0;
        for (; count > 0; count--, used += (uint)bits)
        {
            uint at = used / 8, over = used % 8;
            uint next = packed[at];
            if (over + (uint)bits > 8)
                next |= (uint)packed[at + 1] << 8;
            *ids++ = (byte)(next >> (int)over & mask);
        }
    }

    /// <summary>Bytes are halved until they are ids, the lower half first.</summary>
    private static void Vectors<TBits>(byte* packed, int bits, ulong count, byte* ids) where TBits : unmanaged, IBits
    {
        ulong atOnce = (ulong)(128 / TBits.Count);
        for (; count >= atOnce; count -= atOnce)
        {
            TBits.Unpack(Vector128.Load(packed), ids);
            packed += Vector128<byte>.Count;
            ids += atOnce;
        }
        Scalar(packed, bits, count, ids);
    }

    /// <summary>The lower and the upper bits of each byte, one after the other: of the first eight bytes, and of the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> First, Vector128<byte> Second) Halve(Vector128<byte> bytes, byte mask, int bits)
    {
        Vector128<byte> lower = bytes & Vector128.Create(mask);
        Vector128<byte> upper = (bytes.AsUInt16() >>> bits).AsByte() & Vector128.Create(mask);
        return Sse2.IsSupported ? (Sse2.UnpackLow(lower, upper), Sse2.UnpackHigh(lower, upper))
            : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.ZipLow(lower, upper), AdvSimd.Arm64.ZipHigh(lower, upper))
            : ((Vector128.WidenLower(lower) | Vector128.WidenLower(upper) << 8).AsByte(), (Vector128.WidenUpper(lower) | Vector128.WidenUpper(upper) << 8).AsByte());
    }

    private interface IBits
    {
        static abstract int Count { get; }

        /// <summary>All ids of sixteen bytes.</summary>
        static abstract void Unpack(Vector128<byte> bytes, byte* ids);
    }

    private readonly struct Bits4 : IBits
    {
        public static int Count => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Unpack(Vector128<byte> bytes, byte* ids)
        {
            (Vector128<byte> first, Vector128<byte> second) = Halve(bytes, 0x0f, 4);
            first.Store(ids);
            second.Store(ids + 16);
        }
    }

    private readonly struct Bits2 : IBits
    {
        public static int Count => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Unpack(Vector128<byte> bytes, byte* ids)
        {
            (Vector128<byte> first, Vector128<byte> second) = Halve(bytes, 0x0f, 4);
            (Vector128<byte> a, Vector128<byte> b) = Halve(first, 0x03, 2);
            (Vector128<byte> c, Vector128<byte> d) = Halve(second, 0x03, 2);
            a.Store(ids);
            b.Store(ids + 16);
            c.Store(ids + 32);
            d.Store(ids + 48);
        }
    }

    private readonly struct Bits1 : IBits
    {
        public static int Count => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Unpack(Vector128<byte> bytes, byte* ids)
        {
            (Vector128<byte> first, Vector128<byte> second) = Halve(bytes, 0x0f, 4);
            Unpack(Halve(first, 0x03, 2), ids);
            Unpack(Halve(second, 0x03, 2), ids + 64);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Unpack((Vector128<byte> First, Vector128<byte> Second) twos, byte* ids)
        {
            (Vector128<byte> a, Vector128<byte> b) = Halve(twos.First, 0x01, 1);
            (Vector128<byte> c, Vector128<byte> d) = Halve(twos.Second, 0x01, 1);
            a.Store(ids);
            b.Store(ids + 16);
            c.Store(ids + 32);
            d.Store(ids + 48);
        }
    }
}
