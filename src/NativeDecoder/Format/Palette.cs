namespace Weightless.NativeDecoder.Format;

/// <summary>
/// What every section but a stored one begins with: the codebook and the number of non-zero weights.
/// Id 0 is a zero weight, id i in 1..K is centroid i - 1.
/// </summary>
public unsafe struct Palette
{
    /// <summary>Room for the output elements of all ids, and of 256, which an eight-bit symbol beyond K can make.</summary>
    public const int TableLength = 257;

    /// <summary>K, the number of centroids.</summary>
    public int Clusters;

    public ulong Nonzeros;

    private byte* _centroids;
    private ElementType _type;
    private ElementType _codebookType;

    /// <summary>Reads and checks it; leaves <paramref name="reader"/> at the method's own bytes.</summary>
    public static bool TryRead(in TensorEntry entry, ref ByteReader reader, out Palette palette)
    {
        palette = default;
        palette._type = entry.Type;
        palette._codebookType = entry.HalfCodebook ? ElementType.F16 : entry.Type;
        if (!reader.TryByte(out byte clusters))
            return false;
        palette.Clusters = clusters;
        ulong codebookBytes = (ulong)(clusters * ElementTypes.Size(palette._codebookType));
        return reader.TryBytes(codebookBytes, out palette._centroids)
            && reader.TryVarint(out palette.Nonzeros)
            && palette.Nonzeros <= entry.Weights
            && (clusters > 0 || palette.Nonzeros == 0);
    }

    /// <summary>Whether a tensor of <paramref name="type"/> can be decoded to <paramref name="output"/>.</summary>
    public static bool CanDecode(ElementType type, ElementType output) =>
        output == type
        || output == ElementType.Id8 && ElementTypes.IsCodable(type)
        || ElementTypes.IsFloat(output) && (ElementTypes.IsFloat(type) || output == ElementType.F32 && ElementTypes.IsCodable(type));

    /// <summary>
    /// Fills <paramref name="table"/> (<see cref="TableLength"/> entries) with the bits of the output element of each id;
    /// ids beyond K get zero.
    /// </summary>
    public readonly void Fill<T>(ElementType output, T* table) where T : unmanaged
    {
        new Span<T>(table, TableLength).Clear();
        for (int i = 0; i < Clusters; i++)
        {
            uint bits = output == ElementType.Id8 ? (uint)i + 1 : Convert(Centroid(i), _codebookType, output);
            table[i + 1] = *(T*)&bits;
        }
    }

    /// <summary>Converts an element between the types for which <see cref="CanDecode"/> holds, on its bits.</summary>
    public static uint Convert(uint bits, ElementType from, ElementType to)
    {
        if (from == to)
            return bits;
        uint single = from switch
        {
            ElementType.F16 => FloatBits.F16ToF32((ushort)bits),
            ElementType.BF16 => bits << 16,
            ElementType.I8 => FloatBits.IntegerToF32((sbyte)bits),
            ElementType.U8 => FloatBits.IntegerToF32((byte)bits),
            _ => bits,
        };
        return to switch
        {
            ElementType.F16 => FloatBits.F32ToF16(single),
            ElementType.BF16 => FloatBits.F32ToBF16(single),
            _ => single,
        };
    }

    private readonly uint Centroid(int index) => ElementTypes.Size(_codebookType) switch
    {
        1 => _centroids[index],
        2 => ((ushort*)_centroids)[index],
        _ => ((uint*)_centroids)[index],
    };
}
