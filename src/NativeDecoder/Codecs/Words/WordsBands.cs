using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The bands of a section whose code has been read: patches, and four streams of a quarter of the weights each.
/// </summary>
internal unsafe struct WordsBands
{
    private byte* _start;
    private byte* _end;
    private byte* _table;
    private delegate*<WordsRun*, void> _kernel;
    private WordsPatches _patches;

    /// <summary>Reads the code.</summary>
    /// <param name="table">The element of each id.</param>
    /// <param name="tables">Memory for the code's tables.</param>
    public Status Open<T>(in WordsLayout layout, int clusters, T* table, byte* tables) where T : unmanaged
    {
        ByteReader reader = layout.Code;
        _patches.Clear(layout.GapBits);
        if (!WordsCode.TryRead(ref reader, layout.WordLength, clusters, table, tables, ref _patches))
            return Status.Corrupt;
        _start = reader.Position;
        _end = _start + reader.Left;
        _table = tables;
        _kernel = WordsKernels.Choose(InstructionSets.Current, layout.WordLength, sizeof(T));
        return Status.Ok;
    }

    /// <summary>All weights of a band.</summary>
    public Status Decode<T>(in WordsLayout layout, ulong band, T* dst) where T : unmanaged
    {
        if (!layout.TryFind(band, (nuint)(_end - _start), out nuint start, out nuint end))
            return Status.Corrupt;
        ByteReader reader = new(_start + start, _start + end);
        uint count = layout.Count(band);
        return _patches.TryOpen(ref reader, out ByteReader patches) && TryReadStreams(ref reader, layout.WordLength, dst, count)
            && _patches.TryApply(patches, dst, count) ? Status.Ok : Status.Corrupt;
    }

    /// <summary>Three lengths, and the streams.</summary>
    private readonly bool TryReadStreams<T>(ref ByteReader reader, int wordLength, T* dst, uint count) where T : unmanaged
    {
        if (!reader.TryBytes((WordsRun.Streams - 1) * sizeof(ushort), out byte* lengths))
            return false;
        WordsRun run = new() { Table = _table };
        // A Four's numbers lie one after the other.
        ulong* next = (ulong*)&run.Next;
        ulong* bits = (ulong*)&run.Bits;
        ulong* outputs = (ulong*)&run.Outputs;
        ulong* limits = (ulong*)&run.Limits;
        byte** ends = stackalloc byte*[WordsRun.Streams];
        uint quarter = (count + WordsRun.Streams - 1) / WordsRun.Streams;
        for (uint s = 0; s < WordsRun.Streams; s++)
        {
            ulong length = s < WordsRun.Streams - 1 ? ((ushort*)lengths)[s] : reader.Left;
            if (!reader.TryBytes(length, out byte* start))
                return false;
            ends[s] = reader.Position;
            WordsStream stream = new(start, _end);
            next[s] = (ulong)stream.Next;
            bits[s] = stream.Bits;
            outputs[s] = (ulong)(dst + Math.Min(s * quarter, count));
            limits[s] = (ulong)(dst + Math.Min((s + 1) * quarter, count));
        }
        while (_kernel != null && run.Bound(_end, (nuint)(wordLength * sizeof(T))))
            _kernel(&run);
        for (int s = 0; s < WordsRun.Streams; s++)
        {
            WordsStream stream = new() { Next = (byte*)next[s], Bits = bits[s] };
            if (wordLength == 1)
                WordsScalar.Singles(ref stream, _end, _table, (T*)outputs[s], (T*)limits[s]);
            else
                WordsScalar.Words(ref stream, _end, _table, (T*)outputs[s], (T*)limits[s]);
            if (!stream.EndsAt(ends[s]))
                return false;
        }
        return true;
    }
}
