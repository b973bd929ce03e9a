namespace Weightless.Encoder.Models;

/// <summary>
/// Bytes that are computed when they are asked for and kept only while somebody else holds them, so that a large model need
/// not be in memory all at once.
/// </summary>
internal sealed class Recomputed(Func<byte[]> compute)
{
    private readonly Lock _lock = new();
    private readonly WeakReference<byte[]?> _bytes = new(null);

    public ReadOnlyMemory<byte> Get()
    {
        lock (_lock)
        {
            if (!_bytes.TryGetTarget(out byte[]? bytes))
            {
                bytes = compute();
                _bytes.SetTarget(bytes);
            }

            return bytes;
        }
    }
}
