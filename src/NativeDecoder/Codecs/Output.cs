namespace Weightless.NativeDecoder.Codecs;

/// <summary>A run of output elements, of any length.</summary>
internal readonly unsafe struct Output<T>(T* start, ulong count) where T : unmanaged
{
    // A span holds fewer than 2^31 elements.
    private const int Most = 1 << 30;

    public void Clear()
    {
        T* next = start;
        ulong left = count;
        while (left > Most)
        {
            new Span<T>(next, Most).Clear();
            next += Most;
            left -= Most;
        }
        new Span<T>(next, (int)left).Clear();
    }

    public void Fill(T value)
    {
        T* next = start;
        ulong left = count;
        while (left > Most)
        {
            new Span<T>(next, Most).Fill(value);
            next += Most;
            left -= Most;
        }
        new Span<T>(next, (int)left).Fill(value);
    }
}
