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

    // Bytes that the last turn may read behind its first bit's.
    private const int Reach = 16;

    /// <summary>The loop for a variant; null where there is only the careful one.</summary>
    public static delegate*<CsrTansBand*, ulong*, byte*, TSink*, uint, ulong, int, void> Choose<TSink>(InstructionSet set, in CsrTansModel model)
        where TSink : unmanaged, ICsrTansSink =>
        set == InstructionSet.Scalar ? null
        : model.RawBits == 0 ? &Loop<NoRawBits, TSink>
        : CsrTansBand.StateCount * (model.TableLog + model.RawBits) < LoadedBits ? &Loop<FewRawBits, TSink>
        : &Loop<ManyRawBits, TSink>;

    /// <summary>Up to which bit of the bands the loop may begin a turn; false if it may not at all.</summary>
    public static bool TryLastBit(byte* bands, byte* end, out ulong lastBit)
    {
        lastBit = ((ulong)(end - bands) - Reach << 3) + 7;
        return end - bands >= Reach;
    }

    /// <param name="limit">Up to which position a turn may begin.</param>
    private static void Loop<TRaw, TSink>(CsrTansBand* band, ulong* table, byte* bands, TSink* sink, uint limit, ulong lastBit, int rawBits)
        where TRaw : struct, ICsrTansRawBits where TSink : unmanaged, ICsrTansSink
    {
        TSink to = *sink;
        ulong bit = band->Bit;
        nuint position = band->Position;
        nuint s0 = band->States[0], s1 = band->States[1], s2 = band->States[2], s3 = band->States[3];
        ulong e0 = table[s0], e1 = table[s1], e2 = table[s2], e3 = table[s3];
        uint raw = (1u << rawBits) - 1;
        while (position <= limit && bit <= lastBit && to.HasRoom)
        {
            ulong b0 = *(ulong*)(bands + (bit >> 3));
            ulong m0 = ~0ul << (int)e0;
            ulong m1 = ~0ul << (int)e1;
            ulong m2 = ~0ul << (int)e2;
            ulong m3 = ~0ul << (int)e3;
            ulong bits = e0 + e1;
            b0 >>= (int)(bit & 7);
            nuint p0 = position + (nuint)(e0 >> CsrTansTable.AdvanceShift);
            ulong b1 = b0 >> (int)e0;
            nuint p1 = p0 + (nuint)(e1 >> CsrTansTable.AdvanceShift);
            s0 = (nuint)(b0 & ~m0);
            ulong b2;
            if (TRaw.Many)
            {
                bit += bits & 63;
                bits = 0;
                b2 = *(ulong*)(bands + (bit >> 3)) >> (int)(bit & 7);
            }
            else
            {
                b2 = b1 >> (int)e1;
            }
            nuint p2 = p1 + (nuint)(e2 >> CsrTansTable.AdvanceShift);
            s1 = (nuint)(b1 & ~m1);
            ulong b3 = b2 >> (int)e2;
            nuint p3 = p2 + (nuint)(e3 >> CsrTansTable.AdvanceShift);
            s2 = (nuint)(b2 & ~m2);
            s3 = (nuint)(b3 & ~m3);
            bits += e2 + e3;
            if (TRaw.Any)
            {
                nuint r = s0 & raw;
                p0 += r;
                r += s1 & raw;
                p1 += r;
                r += s2 & raw;
                p2 += r;
                r += s3 & raw;
                p3 += r;
                s0 >>= rawBits;
                s1 >>= rawBits;
                s2 >>= rawBits;
                s3 >>= rawBits;
            }
            s0 += (nuint)(e0 >> CsrTansTable.StateShift) & CsrTansTable.StateMask;
            s1 += (nuint)(e1 >> CsrTansTable.StateShift) & CsrTansTable.StateMask;
            ulong n0 = table[s0];
            s2 += (nuint)(e2 >> CsrTansTable.StateShift) & CsrTansTable.StateMask;
            ulong n1 = table[s1];
            s3 += (nuint)(e3 >> CsrTansTable.StateShift) & CsrTansTable.StateMask;
            ulong n2 = table[s2];
            to.Put(0, p0, e0);
            ulong n3 = table[s3];
            to.Put(1, p1, e1);
            to.Put(2, p2, e2);
            bit += bits & 63;
            to.Put(3, p3, e3);
            to.Advance(CsrTansBand.StateCount);
            position = p3;
            e0 = n0;
            e1 = n1;
            e2 = n2;
            e3 = n3;
        }
        *sink = to;
        band->Bit = bit;
        band->Position = (uint)position;
        band->States[0] = (uint)s0;
        band->States[1] = (uint)s1;
        band->States[2] = (uint)s2;
        band->States[3] = (uint)s3;
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
