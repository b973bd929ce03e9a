using System.Numerics;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>
/// The decoder's table: for each state the token that it stands for, and where the bits that follow lead to. An entry has in its bits
///   0..5 how many bits to read, raw ones included; 6..18 the next state, but for what is read; 19..50 the value; 51..63 by how much
///   to move on, but for the raw bits.
/// Four times the bits to read are at most 63, so that the low ends of entries can be added.
/// </summary>
internal static unsafe class CsrTansTable
{
    public const int StateShift = 6;
    public const int StateMask = (1 << 13) - 1;
    public const int ValueShift = 19;
    public const int AdvanceShift = 64 - CsrTansModel.AdvanceBits;

    /// <summary>Fills the table for output elements.</summary>
    /// <param name="elements">The element of each id.</param>
    /// <param name="counts">Room for a number for each token.</param>
    /// <returns>False if there are no weights to make it from.</returns>
    public static bool TryFill<T>(ulong* table, in CsrTansModel model, T* elements, ushort* counts) where T : unmanaged
    {
        if (!model.TryCount(counts))
            return false;
        int log = model.TableLog;
        uint size = 1u << log;
        // The token of each state for now.
        uint state = 0;
        for (int token = 0; token < model.Tokens; token++)
        {
            for (int i = counts[token]; i > 0; i--)
            {
                table[state] = (uint)token;
                state = Spread(state, log);
            }
        }
        for (uint i = 0; i < size; i++)
        {
            int token = (int)table[i];
            uint number = counts[token]++;
            int bits = log - BitOperations.Log2(number);
            uint value = 0;
            if (token != model.Escape)
                *(T*)&value = elements[token % model.Clusters + 1];
            table[i] = (uint)(bits + model.RawBits) | (ulong)((number << bits) - size) << StateShift
                | (ulong)value << ValueShift | (ulong)model.Advance(token) << AdvanceShift;
        }
        return true;
    }

    /// <summary>The state to give to the next token: an odd number further, so that all come by (Collet's FSE).</summary>
    public static uint Spread(uint state, int log) => state + (5u << (log - 3)) + 3 & (1u << log) - 1;
}
