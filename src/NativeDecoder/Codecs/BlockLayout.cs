namespace Weightless.NativeDecoder.Codecs;

/// <summary>Hands out one part of a block of memory after the other. Without a block it only measures.</summary>
internal unsafe struct BlockLayout(byte* block, ulong used)
{
    private const ulong Alignment = 16;

    /// <summary>Bytes up to the end of the last part.</summary>
    public ulong Used { get; private set; } = used;

    public T* Take<T>(ulong count) where T : unmanaged
    {
        ulong start = (Used + Alignment - 1) & ~(Alignment - 1);
        Used = start + count * (ulong)sizeof(T);
        return (T*)(block + start);
    }
}
