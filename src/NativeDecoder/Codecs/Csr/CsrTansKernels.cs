using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>How many raw bits tokens have, for the loops to be compiled for.</summary>
internal interface ICsrTansRawBits
{
    static abstract bool Any { get; }

    /// <summary>Whether four tokens can have more bits than one load brings.</summary>
    static abstract bool Many { get; }
}

/// <summary>
/// The loop that decodes four tokens at a time, one of each state. It takes only turns that stay within band and input, whatever the
/// bits are; <see cref="CsrTansBand.Step"/> is its scalar reference and does the rest. The steps of the four stand side by side: on a
/// core that does not reorder, the source's order decides.
/// </summary>
internal static unsafe class CsrTansKernels
{
    // A load brings 57 bits, wherever in a byte they begin.
    private const int LoadedBits = 57;

    // Bytes that a turn may read from its first bit's on.
    private const int Reach = 16;

    private const ulong PositionMask = ~0ul << CsrTansTable.AdvanceShift;

    /// <summary>Whether a variant has the loop, and there is input for it.</summary>
    public static bool Has(InstructionSet set, byte* bands, byte* end) => set != InstructionSet.Scalar && end - bands >= Reach;

    /// <summary>Gives a sink tokens in fours while there is input, and none can go beyond <paramref name="limit"/>.</summary>
    public static void Decode<T, TSink>(CsrTansBand* band, in CsrTans section, in CsrTansTable table, uint limit, ref TSink sink)
        where T : unmanaged where TSink : unmanaged, ICsrTansSink<T>
    {
        uint turn = CsrTansBand.StateCount * section.Model.AdvanceLimit;
        if (limit < turn)
            return;
        TSink local = sink;
        byte* last = section.End - Reach;
        int rawBits = section.Model.RawBits;
        // In a register: the compiler loads a constant wherever it needs it.
        ulong ones = ~0ul;
        if (rawBits == 0)
            Loop<NoRawBits, T, TSink>(band, table.Entries, (T*)table.Values, section.Bands, last, &local, limit - turn, rawBits, ones);
        else if (CsrTansBand.StateCount * (section.Model.TableLog + rawBits) < LoadedBits)
            Loop<FewRawBits, T, TSink>(band, table.Entries, (T*)table.Values, section.Bands, last, &local, limit - turn, rawBits, ones);
        else
            Loop<ManyRawBits, T, TSink>(band, table.Entries, (T*)table.Values, section.Bands, last, &local, limit - turn, rawBits, ones);
        sink = local;
    }

    /// <param name="limit">Up to which position a turn may begin.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Loop<TRaw, T, TSink>(CsrTansBand* band, ulong* entries, T* values, byte* bands, byte* last, TSink* sink,
        uint limit, int rawBits, ulong ones)
        where TRaw : struct, ICsrTansRawBits where T : unmanaged where TSink : unmanaged, ICsrTansSink<T>
    {
        TSink to = *sink;
        byte* next = bands + (band->Bit >> 3);
        // Entries are added to it: above the position, below the bits taken of the bytes at hand.
        ulong q = (ulong)band->Position << CsrTansTable.AdvanceShift | band->Bit & 7;
        ulong most = (ulong)limit << CsrTansTable.AdvanceShift | ~PositionMask;
        uint s0 = band->States[0], s1 = band->States[1], s2 = band->States[2], s3 = band->States[3];
        uint raw = (1u << rawBits) - 1;
        while (q <= most && next <= last)
        {
            ulong e0 = entries[s0];
            ulong e1 = entries[s1];
            ulong b = *(ulong*)next;
            ulong e2 = entries[s2];
            ulong q0 = q + e0;
            ulong e3 = entries[s3];
            ulong q1 = q0 + e1;
            T v0 = values[s0];
            ulong m0 = ones << (int)e0;
            ulong r0 = b >> (int)q;
            T v1 = values[s1];
            ulong m1 = ones << (int)e1;
            ulong r1 = b >> (int)q0;
            if (TRaw.Many)
            {
                next += q1 >> 3 & 7;
                q1 = q1 & PositionMask | q1 & 7;
                b = *(ulong*)next;
            }
            ulong q2 = q1 + e2;
            T v2 = values[s2];
            ulong q3 = q2 + e3;
            ulong m2 = ones << (int)e2;
            ulong r2 = b >> (int)q1;
            T v3 = values[s3];
            ulong m3 = ones << (int)e3;
            ulong r3 = b >> (int)q2;
            r0 &= ~m0;
            r1 &= ~m1;
            r2 &= ~m2;
            r3 &= ~m3;
            nuint p0 = (nuint)(q0 >> CsrTansTable.AdvanceShift);
            nuint p1 = (nuint)(q1 >> CsrTansTable.AdvanceShift);
            nuint p2 = (nuint)(q2 >> CsrTansTable.AdvanceShift);
            nuint p3 = (nuint)(q3 >> CsrTansTable.AdvanceShift);
            q = q3 & PositionMask;
            if (TRaw.Any)
            {
                nuint past = (nuint)r0 & raw;
                p0 += past;
                past += (nuint)r1 & raw;
                p1 += past;
                past += (nuint)r2 & raw;
                p2 += past;
                past += (nuint)r3 & raw;
                p3 += past;
                q += (ulong)past << CsrTansTable.AdvanceShift;
                r0 >>= rawBits;
                r1 >>= rawBits;
                r2 >>= rawBits;
                r3 >>= rawBits;
            }
            s0 = (uint)r0 + ((uint)e0 >> CsrTansTable.StateShift);
            s1 = (uint)r1 + ((uint)e1 >> CsrTansTable.StateShift);
            s2 = (uint)r2 + ((uint)e2 >> CsrTansTable.StateShift);
            s3 = (uint)r3 + ((uint)e3 >> CsrTansTable.StateShift);
            next += q3 >> 3 & 7;
            q += q3 & 7;
            to.Put(p0, p1, p2, p3, v0, v1, v2, v3);
        }
        *sink = to;
        band->Bit = ((ulong)(next - bands) << 3) + (q & 7);
        band->Position = (uint)(q >> CsrTansTable.AdvanceShift);
        band->States[0] = s0;
        band->States[1] = s1;
        band->States[2] = s2;
        band->States[3] = s3;
    }

    private readonly struct NoRawBits : ICsrTansRawBits
    {
        public static bool Any => false;

        public static bool Many => false;
    }

    private readonly struct FewRawBits : ICsrTansRawBits
    {
        public static bool Any => true;

        public static bool Many => false;
    }

    private readonly struct ManyRawBits : ICsrTansRawBits
    {
        public static bool Any => true;

        public static bool Many => true;
    }
}
