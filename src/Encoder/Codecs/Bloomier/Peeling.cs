using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Codecs.Bloomier;

namespace Weightless.Encoder.Codecs.Bloomier;

/// <summary>
/// Fills a Bloomier filter by peeling (Chazelle et al. 2004): a key that is alone in a cell can be settled last by that
/// cell, so it is taken away, which leaves other keys alone in theirs, until none is left.
/// </summary>
internal static class Peeling
{
    /// <summary>The cells, those of no key zero; null if these keys do not peel with this seed.</summary>
    public static ushort[]? TryBuild(ulong[] keys, ushort[] values, long segment, int cellBits, ulong seed)
    {
        long cells = 3 * segment;
        if (cells > Array.MaxLength)
            throw new ModelLimitException($"a filter of {cells} cells is more than this encoder builds");
        ulong[] hashes = new ulong[keys.Length];
        for (int i = 0; i < keys.Length; i++)
            hashes[i] = BloomierHash.Mix(keys[i], seed);

        // How many keys a cell has, and the XOR of their numbers: of a lone key, its number.
        int[] degrees = new int[cells];
        int[] members = new int[cells];
        for (int i = 0; i < keys.Length; i++)
        {
            for (int which = 0; which < 3; which++)
            {
                ulong cell = BloomierHash.Cell(hashes[i], which, (ulong)segment);
                degrees[cell]++;
                members[cell] ^= i;
            }
        }

        (int[] order, int[] settledBy) = Peel(hashes, degrees, members, (ulong)segment);
        return order.Length < keys.Length ? null : Assign(hashes, values, order, settledBy, segment, cellBits);
    }

    /// <summary>The keys in the order they were peeled, and the cell that each was alone in.</summary>
    private static (int[] Order, int[] SettledBy) Peel(ulong[] hashes, int[] degrees, int[] members, ulong segment)
    {
        int[] order = new int[hashes.Length];
        int[] settledBy = new int[hashes.Length];
        int[] waiting = new int[degrees.Length];
        int waitingCount = 0;
        for (int cell = 0; cell < degrees.Length; cell++)
        {
            if (degrees[cell] == 1)
                waiting[waitingCount++] = cell;
        }
        int peeled = 0;
        while (waitingCount > 0)
        {
            int alone = waiting[--waitingCount];
            if (degrees[alone] != 1)
                continue;
            int key = members[alone];
            order[peeled] = key;
            settledBy[peeled++] = alone;
            for (int which = 0; which < 3; which++)
            {
                ulong cell = BloomierHash.Cell(hashes[key], which, segment);
                members[cell] ^= key;
                if (--degrees[cell] == 1)
                    waiting[waitingCount++] = (int)cell;
            }
        }
        return (order[..peeled], settledBy);
    }

    private static ushort[] Assign(ulong[] hashes, ushort[] values, int[] order, int[] settledBy, long segment, int cellBits)
    {
        ushort[] cells = new ushort[3 * segment];
        for (int i = order.Length - 1; i >= 0; i--)
        {
            ulong hash = hashes[order[i]];
            uint rest = values[order[i]] ^ BloomierHash.Mask(hash, cellBits);
            for (int which = 0; which < 3; which++)
                rest ^= cells[BloomierHash.Cell(hash, which, (ulong)segment)];
            // The cell was still zero, so the XOR over all three leaves what it has to be.
            cells[settledBy[i]] = (ushort)rest;
        }
        return cells;
    }
}
