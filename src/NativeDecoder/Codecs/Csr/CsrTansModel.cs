using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>
/// How likely the tokens of coder <c>tans</c> are. A token is a class of gaps and a centroid, and its weight the product of theirs;
/// one more, the escape, is a long gap and no weight.
/// </summary>
internal unsafe struct CsrTansModel
{
    public const int MinTableLog = 9;
    public const int MaxTableLog = 12;
    public const int MaxRawBits = 12;
    public const int MaxClasses = 256;

    /// <summary>What a token can move on by, and a bit more: it has this many bits in the table.</summary>
    public const int AdvanceBits = 13;

    /// <summary>A byte's weight is 2^(31 - byte / 8), and 0 for this one.</summary>
    public const int NoWeight = 255;

    // 2^(31 - i / 8), rounded.
    private static ReadOnlySpan<uint> Eighths => [2147483648, 1969251188, 1805811301, 1655936265, 1518500250, 1392470869, 1276901417, 1170923762];

    /// <summary>The table has 2 to this power entries.</summary>
    public int TableLog;

    /// <summary>The lowest bits of a gap, which are not in its class.</summary>
    public int RawBits;

    /// <summary>G, the classes of gaps.</summary>
    public int Classes;

    /// <summary>K.</summary>
    public int Clusters;

    /// <summary>The weight of a class over that of the one before, in 65536ths; negative if the classes have a byte each.</summary>
    public int Ratio;

    /// <summary>The bytes of the classes, if they have some, the centroids and the escape.</summary>
    public byte* Bytes;

    /// <summary>How many tokens there are.</summary>
    public readonly int Tokens => Classes * Clusters + 1;

    public readonly int Escape => Classes * Clusters;

    /// <summary>More than any token moves on by.</summary>
    public readonly uint AdvanceLimit => (uint)(Classes + 1) << RawBits;

    /// <summary>Positions that a token moves on by, without its raw bits.</summary>
    public readonly uint Advance(int token) =>
        token == Escape ? (uint)Classes << RawBits : ((uint)(token / Clusters) << RawBits) + 1;

    public static bool TryRead(ref ByteReader section, int clusters, out CsrTansModel model)
    {
        model = default;
        if (!section.TryByte(out byte first) || !section.TryByte(out byte second) || first > 0x7f)
            return false;
        model = new CsrTansModel
        {
            TableLog = MinTableLog + (first & 3),
            RawBits = first >> 2 & 15,
            Classes = second + 1,
            Clusters = clusters,
            Ratio = -1,
        };
        if (model.RawBits > MaxRawBits || model.Tokens > 1 << model.TableLog || model.AdvanceLimit > 1 << AdvanceBits)
            return false;
        int classBytes = model.Classes;
        if ((first & 0x40) != 0)
        {
            if (!section.TryByte(out byte low) || !section.TryByte(out byte high))
                return false;
            model.Ratio = low | high << 8;
            classBytes = 0;
        }
        return section.TryBytes((ulong)(classBytes + clusters + 1), out model.Bytes);
    }

    public static ulong Weight(int power) => power == NoWeight ? 0 : Math.Max(Eighths[power & 7] >> (power >> 3), 1);

    /// <summary>
    /// How many entries of the table each token has: its share, but at least one if it has a weight. They make up the table.
    /// </summary>
    /// <param name="counts"><see cref="Tokens"/> of them.</param>
    /// <returns>False if no token has a weight.</returns>
    public readonly bool TryCount(ushort* counts)
    {
        ulong sum = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            // Below 2^44: as many as 2^12 tokens of up to 2^32.
            ulong total = sum;
            int size = 1 << TableLog;
            int left = size;
            byte* ofCentroids = Bytes + (Ratio < 0 ? Classes : 0);
            ulong ofClass = (ulong)(65536 - Ratio) << 15;
            ushort* next = counts;
            for (int i = 0; i < Classes; i++)
            {
                if (Ratio < 0)
                    ofClass = Weight(Bytes[i]);
                for (int j = 0; j < Clusters; j++)
                    Add(Product(ofClass, Weight(ofCentroids[j])));
                ofClass = ofClass * (uint)Math.Max(Ratio, 0) >> 16;
            }
            Add(Weight(ofCentroids[Clusters]));
            if (sum == 0)
                return false;
            if (pass == 1)
                Correct(counts, left);

            void Add(ulong weight)
            {
                if (total == 0)
                {
                    sum += weight;
                    return;
                }
                uint count = weight == 0 ? 0 : (uint)Math.Max((weight * (ulong)size + total / 2) / total, 1);
                *next++ = (ushort)count;
                left -= (int)count;
            }
        }
        return true;
    }

    private static ulong Product(ulong left, ulong right) => left == 0 || right == 0 ? 0 : Math.Max(left * right >> 31, 1);

    /// <summary>Gives out what is left of the table, or takes back what is too much, from the first token on by their shares.</summary>
    private readonly void Correct(ushort* counts, int left)
    {
        int size = 1 << TableLog;
        while (left != 0)
        {
            int sum = size - left;
            for (int i = 0; i < Tokens && left != 0; i++)
            {
                int count = counts[i];
                if (count == 0)
                    continue;
                int change = count * Math.Abs(left) / sum + 1;
                change = left > 0 ? Math.Min(change, left) : -Math.Min(Math.Min(change, count - 1), -left);
                counts[i] = (ushort)(count + change);
                left -= change;
            }
        }
    }
}
