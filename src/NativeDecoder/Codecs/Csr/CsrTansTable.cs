using System.Numerics;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>
/// The decoder's table: for each state the token that it stands for, and where the bits that follow lead to. An entry has in its bits
///   0..5 how many bits to read, raw ones included; 8..20 the next state, but for what is read; 32..44 by how much to move on, but for
///   the raw bits.
/// Entries can be added up: four times the bits to read are less than 64, and what lies above has room too. The values are a table of
/// their own.
/// </summary>
internal readonly unsafe struct CsrTansTable(byte* start, int tableLog)
{
    public const int StateShift = 8;
    public const int AdvanceShift = 32;
    public const int BitsMask = 63;

    // The largest output element.
    private const int ValueBytes = sizeof(uint);

    public ulong* Entries => (ulong*)start;

    /// <summary>The output element of each state's token; zero for an escape.</summary>
    public byte* Values => start + ((nuint)sizeof(ulong) << tableLog);

    public static nuint Bytes(int tableLog) => (nuint)(sizeof(ulong) + ValueBytes) << tableLog;

    /// <summary>Fills the table for output elements.</summary>
    /// <param name="elements">The element of each id.</param>
    /// <param name="counts">Room for a number for each token.</param>
    /// <returns>False if there are no weights to make it from.</returns>
    public bool TryFill<T>(in CsrTansModel model, T* elements, ushort* counts) where T : unmanaged
    {
        if (!model.TryCount(counts))
            return false;
        uint size = 1u << tableLog;
        ulong* entries = Entries;
        T* values = (T*)Values;
        // The token of each state for now.
        uint state = 0;
        for (int token = 0; token < model.Tokens; token++)
        {
            for (int i = counts[token]; i > 0; i--)
            {
                entries[state] = (uint)token;
                state = Spread(state, tableLog);
            }
        }
        for (uint i = 0; i < size; i++)
        {
            int token = (int)entries[i];
            uint number = counts[token]++;
            int bits = tableLog - BitOperations.Log2(number);
            entries[i] = (uint)(bits + model.RawBits) | (ulong)((number << bits) - size) << StateShift
                | (ulong)model.Advance(token) << AdvanceShift;
            values[i] = token == model.Escape ? default : elements[token % model.Clusters + 1];
        }
        return true;
    }

    /// <summary>The state to give to the next token: an odd number further, so that all come by (Collet's FSE).</summary>
    public static uint Spread(uint state, int tableLog) => state + (5u << (tableLog - 3)) + 3 & (1u << tableLog) - 1;
}
