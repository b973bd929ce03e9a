using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// A list of code lengths: of neighbours they are much alike. A bit 0 is the length before, 1 0 and a sign one less or one more,
/// 1 1 and four bits any length.
/// </summary>
internal static unsafe class WordsLengths
{
    /// <summary>What the first length is told from.</summary>
    public const int First = 8;

    /// <summary>Reads it, and checks that the code is complete: then any bits are words.</summary>
    public static bool TryRead(ref BitReader bits, int longest, byte* lengths, int count)
    {
        uint length = First;
        uint covered = 0;
        for (int i = 0; i < count; i++)
        {
            uint next = bits.Peek();
            if ((next & 1) == 0)
            {
                bits.Take(1);
            }
            else if ((next & 2) == 0)
            {
                length += (next >> 1 & 2) - 1;
                bits.Take(3);
            }
            else
            {
                length = next >> 2 & 15;
                bits.Take(6);
            }
            if (length > (uint)longest)
                return false;
            lengths[i] = (byte)length;
            covered += length == 0 ? 0 : 1u << (longest - (int)length);
        }
        return covered == 1u << longest;
    }
}
