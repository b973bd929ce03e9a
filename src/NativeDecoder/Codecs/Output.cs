namespace Weightless.NativeDecoder.Codecs;

/// <summary>A run of output elements, of any length.</summary>
internal readonly unsafe struct Output<T>(T* start, ulong count) where T : unmanaged
{
    public void Clear()
    {
        // A span holds fewer than 2^31 elements.
        const int most = 1 << 30;
        T* next = start;
        ulong left = count;
        while (left > most)
        {
            new Span<T>(next, most).Clear();
            next += most;
            left -= most;
        }
        new Span<T>(next, (int)left).Clear();
    }
}
