namespace Weightless.Encoder.Skeleton;

/// <summary>Where bytes occurred before: chains of the places with the same next bytes, the nearest first.</summary>
internal sealed class MatchFinder(ReadOnlyMemory<byte> data, int window)
{
    private const int HashBits = 16;
    private const int MostTried = 128;
    private const int HashedBytes = 3;

    private readonly int[] _heads = Filled(1 << HashBits);
    private readonly int[] _previous = new int[data.Length];
    private int _inserted;

    /// <summary>
    /// For each length that is reached first at some distance, that distance: lengths and distances both ascend.
    /// </summary>
    public void Find(int position, List<(int Length, int Distance)> matches)
    {
        matches.Clear();
        ReadOnlySpan<byte> bytes = data.Span;
        InsertBefore(bytes, position);
        if (bytes.Length - position < HashedBytes)
            return;
        int longest = HashedBytes - 1;
        int tried = 0;
        for (int at = _heads[Hash(bytes, position)]; at >= 0 && position - at <= window && tried < MostTried; at = _previous[at], tried++)
        {
            int length = Length(bytes, at, position);
            if (length <= longest)
                continue;
            longest = length;
            matches.Add((length, position - at));
            if (position + length == bytes.Length)
                break;
        }
    }

    /// <summary>How many bytes at two places are the same.</summary>
    public static int Length(ReadOnlySpan<byte> bytes, int earlier, int later) =>
        bytes[later..].CommonPrefixLength(bytes[earlier..]);

    private void InsertBefore(ReadOnlySpan<byte> bytes, int position)
    {
        for (; _inserted < position; _inserted++)
        {
            if (bytes.Length - _inserted < HashedBytes)
                continue;
            int hash = Hash(bytes, _inserted);
            _previous[_inserted] = _heads[hash];
            _heads[hash] = _inserted;
        }
    }

    private static int Hash(ReadOnlySpan<byte> bytes, int position) =>
        (int)((bytes[position] | (uint)bytes[position + 1] << 8 | (uint)bytes[position + 2] << 16) * 0x9e3779b1 >> 32 - HashBits);

    private static int[] Filled(int length)
    {
        int[] heads = new int[length];
        Array.Fill(heads, -1);
        return heads;
    }
}
