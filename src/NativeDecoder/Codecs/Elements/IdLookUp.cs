using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Elements;

/// <summary>Loops from ids, a byte each, to elements of one, two or four bytes.</summary>
/// <remarks>Their arguments: ids, their number, the element of each id, output. Elements of one byte may overwrite their ids.</remarks>
internal static unsafe class IdLookUp
{
    /// <summary>Ids that a vector's bytes can index.</summary>
    public const int FewIds = 16;

    /// <summary>A loop for ids 0..<paramref name="ids"/> - 1.</summary>
    public static delegate*<byte*, ulong, void*, void*, void> Choose(InstructionSet set, int ids, int elementSize) => set switch
    {
        InstructionSet.Neon when AdvSimd.Arm64.IsSupported && ids <= FewIds => elementSize switch
        {
            1 => &FewNeon.Bytes,
            2 => &FewNeon.Pairs,
            _ => &FewNeon.Quads,
        },
        InstructionSet.Sse or InstructionSet.Avx2 when Ssse3.IsSupported && ids <= FewIds => elementSize switch
        {
            1 => &FewSse.Bytes,
            2 => &FewSse.Pairs,
            _ => &FewSse.Quads,
        },
        InstructionSet.Scalar => elementSize switch
        {
            1 => &OneByOne<byte>,
            2 => &OneByOne<ushort>,
            _ => &OneByOne<uint>,
        },
        _ => elementSize switch
        {
            1 => &ByFour<byte>,
            2 => &ByFour<ushort>,
            _ => &ByFour<uint>,
        },
    };

    /// <summary>The same where most ids are 0, whose element is zero.</summary>
    public static delegate*<byte*, ulong, void*, void*, void> ChooseSparse(InstructionSet set, int ids, int elementSize) =>
        set == InstructionSet.Scalar || !Vector128.IsHardwareAccelerated || ids <= FewIds || elementSize == 1
            ? Choose(set, ids, elementSize)
            : elementSize == 2 ? &Sparse<ushort> : &Sparse<uint>;

    /// <summary>The reference.</summary>
    public static void OneByOne<T>(byte* ids, ulong count, void* table, void* output) where T : unmanaged
    {
        T* elements = (T*)table, dst = (T*)output;
        for (ulong i = 0; i < count; i++)
            dst[i] = elements[ids[i]];
    }

    /// <summary>All loads of four, then all stores: none waits for the one before it.</summary>
    private static void ByFour<T>(byte* ids, ulong count, void* table, void* output) where T : unmanaged
    {
        T* elements = (T*)table, dst = (T*)output;
        for (; count >= 4; count -= 4)
        {
            nuint i = ids[0], j = ids[1], k = ids[2], l = ids[3];
            T a = elements[i], b = elements[j], c = elements[k], d = elements[l];
            ids += 4;
            dst[0] = a;
            dst[1] = b;
            dst[2] = c;
            dst[3] = d;
            dst += 4;
        }
        OneByOne<T>(ids, count, table, dst);
    }

    /// <summary>Zeros for sixteen ids, and over them the elements of those that are not 0.</summary>
    private static void Sparse<T>(byte* ids, ulong count, void* table, void* output) where T : unmanaged
    {
        T* elements = (T*)table, dst = (T*)output;
        for (; count >= 64; count -= 64)
        {
            ulong nonzeros = Nonzeros(ids) | (ulong)Nonzeros(ids + 16) << 16 | (ulong)Nonzeros(ids + 32) << 32 | (ulong)Nonzeros(ids + 48) << 48;
            for (int i = 0; i < 64 * sizeof(T); i += 64)
            {
                Vector128<byte>.Zero.Store((byte*)dst + i);
                Vector128<byte>.Zero.Store((byte*)dst + i + 16);
                Vector128<byte>.Zero.Store((byte*)dst + i + 32);
                Vector128<byte>.Zero.Store((byte*)dst + i + 48);
            }
            for (; nonzeros != 0; nonzeros &= nonzeros - 1)
            {
                nuint place = (nuint)ulong.TrailingZeroCount(nonzeros);
                dst[place] = elements[ids[place]];
            }
            ids += 64;
            dst += 64;
        }
        OneByOne<T>(ids, count, table, dst);
    }

    private static uint Nonzeros(byte* ids) => ~Vector128.Equals(Vector128.Load(ids), Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xffff;
}
