namespace Weightless.NativeDecoder.Format;

/// <summary>The bounds of the format: what a reader may rely on once a directory has been checked.</summary>
public static class Limits
{
    public const int MaxRank = 8;

    /// <summary>Centroids of a codebook: ids 1..255 and 0 for a zero weight.</summary>
    public const int MaxClusters = 255;

    /// <summary>Bytes of a decoded tensor, 2^48: sums and products of a few such sizes cannot overflow 64 bits.</summary>
    public const ulong MaxTensorBytes = 1ul << 48;

    public const int MaxCellBits = 16;

    /// <summary>Plain stored tensors begin at a multiple of this, so that a runtime can use them where they lie.</summary>
    public const int StoredAlignment = 64;
}
