using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// What a decode keeps in the workspace: tables for one type of output and, where that is ids, those of the last band.
/// </summary>
internal unsafe struct WordsMemory
{
    private const int Alignment = 64;
    private const ulong NoBand = ulong.MaxValue;

    private WordsBands _bands;
    private ulong _decoded;

    /// <summary>Bytes for any type of output.</summary>
    public static int Bytes(in WordsLayout layout) => Head
        + Math.Max(WordsTable.Bytes(layout, sizeof(uint)), WordsTable.Bytes(layout, sizeof(byte)) + IdBytes(layout)) + Alignment - 1;

    /// <summary>Aligned, so that no word lies across two lines of a cache.</summary>
    public static WordsMemory* At(byte* state) => (WordsMemory*)((nuint)(state + Alignment - 1) & ~(nuint)(Alignment - 1));

    /// <summary>Makes tables for whole bands of elements.</summary>
    /// <param name="table">The element of each id.</param>
    public Status Open<T>(in WordsLayout layout, int clusters, T* table) where T : unmanaged
    {
        _decoded = NoBand;
        fixed (WordsMemory* self = &this)
        {
            return self->_bands.Open(layout, clusters, table, (byte*)self + Head);
        }
    }

    /// <summary>Makes tables for ids.</summary>
    public Status OpenIds(in WordsLayout layout, int clusters)
    {
        byte* identity = stackalloc byte[Limits.MaxClusters + 1];
        for (int i = 0; i <= Limits.MaxClusters; i++)
            identity[i] = (byte)i;
        return Open(layout, clusters, identity);
    }

    /// <summary>A band's elements, of the type that the tables were made for.</summary>
    public Status Decode<T>(in WordsLayout layout, ulong band, T* dst) where T : unmanaged => _bands.Decode(layout, band, dst);

    /// <summary>A band's ids, which are there already if it is the same band.</summary>
    public Status DecodeIds(in WordsLayout layout, ulong band, out byte* ids)
    {
        fixed (WordsMemory* self = &this)
        {
            ids = (byte*)self + Head + WordsTable.Bytes(layout, sizeof(byte));
        }
        if (_decoded == band)
            return Status.Ok;
        Status status = _bands.Decode(layout, band, ids);
        _decoded = status == Status.Ok ? band : NoBand;
        return status;
    }

    private static int Head => (sizeof(WordsMemory) + Alignment - 1) & -Alignment;

    private static int IdBytes(in WordsLayout layout) => (int)Math.Min(layout.BandWeights, layout.Weights);
}
