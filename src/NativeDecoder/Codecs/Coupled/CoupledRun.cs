namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>Consecutive whole groups whose cells all lie in the unpacked window: what a kernel is given.</summary>
internal unsafe struct CoupledRun
{
    /// <summary>The unpacked cells, their low eight bits; <see cref="Y"/> counts from here.</summary>
    public byte* Window;

    /// <summary>The bits above the eighth of the same cells, when cells are wider than eight bits.</summary>
    public byte* HighWindow;

    /// <summary>Hash counter of the first group.</summary>
    public ulong Counter;

    /// <summary>32.32 fixed point: where the first group's bases begin.</summary>
    public ulong Y;

    /// <summary>How far that moves from group to group.</summary>
    public ulong Step;

    public nint Groups;
    public byte* Destination;
}

/// <summary>What the kernels need to know of a tensor and an output type. Filled once for a decode, in the caller's memory.</summary>
internal unsafe struct CoupledTables
{
    /// <summary>Byte b of entry x is byte b of the 32-bit element of centroid x; from K up zero.</summary>
    public fixed byte Planes[4 * 16];

    /// <summary>For unpacking bit planes: lane i of 64 looks into byte i / 8, at bit i % 8.</summary>
    public fixed byte Lanes[64];

    public fixed byte Bits[16];

    /// <summary>The output elements of all ids: <see cref="Format.Palette.TableLength"/> of them, zero beyond K.</summary>
    public void* Elements;

    // Constants that the kernels load: the JIT would build a 64-bit literal again at each use.
    public ulong Multiplier;
    public ulong Golden;

    public int Clusters;
    public int CellBits;
    public int Hashes;
    public int SpanLog2;

    public void Fill<T>(in CoupledFilter filter, int clusters, T* elements) where T : unmanaged
    {
        this = default;
        Elements = elements;
        Multiplier = CoupledHash.Multiplier;
        Golden = CoupledHash.Golden;
        Clusters = clusters;
        CellBits = filter.CellBits;
        Hashes = filter.Hashes;
        SpanLog2 = filter.SpanLog2;
        for (int i = 0; i < 64; i++)
            Lanes[i] = (byte)(i / 8);
        for (int i = 0; i < 16; i++)
            Bits[i] = (byte)(1 << i % 8);
        byte* bytes = (byte*)elements;
        for (int i = 0; i < 16 && sizeof(T) == 4; i++)
        {
            for (int b = 0; b < 4; b++)
                Planes[16 * b + i] = bytes[4 * (i + 1) + b];
        }
    }
}
