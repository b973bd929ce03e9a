namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>The loops of the coupled filter in their plainest form: the reference for all others.</summary>
internal static unsafe class CoupledScalar
{
    /// <summary>The ids of whole groups: the definition, in the plainest form.</summary>
    public static void Ids(CoupledRun* run, CoupledTables* tables)
    {
        byte* d = run->Destination;
        ulong x = run->Counter, y = run->Y;
        int clusters = tables->Clusters, mask = (1 << tables->CellBits) - 1;
        for (nint left = run->Groups; left > 0; left--)
        {
            ulong h = CoupledHash.Mix(x);
            for (int l = 0; l < CoupledFilter.GroupSize; l++)
            {
                int symbol = (int)h & mask;
                for (int j = 0; j < tables->Hashes; j++)
                {
                    nuint cell = (nuint)(y >> 32) + CoupledHash.Base(h, j, tables->SpanLog2) + (uint)l;
                    symbol ^= run->Window[cell];
                    if (tables->CellBits > 8)
                        symbol ^= run->HighWindow[cell] << 8;
                }
                d[l] = symbol < clusters ? (byte)(symbol + 1) : (byte)0;
            }
            d += CoupledFilter.GroupSize;
            x += CoupledHash.Golden;
            y += run->Step;
        }
    }

    /// <summary>
    /// Bits to bytes: cell i of 64 gets bit i of each of <paramref name="planes"/> little-endian words, the first lowest.
    /// </summary>
    public static void Unpack(byte* words, int planes, byte* cells, CoupledTables* tables)
    {
        for (int i = 0; i < 64; i++)
        {
            int cell = 0;
            for (int b = 0; b < planes; b++)
                cell |= (words[8 * b + i / 8] >> i % 8 & 1) << b;
            cells[i] = (byte)cell;
        }
    }
}
