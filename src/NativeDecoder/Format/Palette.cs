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

    /// <summary>Bytes of a codebook of integers as a set.</summary>
    public const int SetBytes = 32;

    private byte* _centroids;
    private bool _isSet;
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

    /// <summary>
    /// The same, with a codebook of integers as the set of its values where that is shorter than a list: a bit for each value,
    /// the lowest first, and nothing at all for 255 of them, which are all but zero.
    /// </summary>
    public static bool TryReadPacked(in TensorEntry entry, ref ByteReader reader, out Palette palette)
    {
        if (ElementTypes.IsFloat(entry.Type) || reader.Left == 0 || *reader.Position <= SetBytes)
            return TryRead(entry, ref reader, out palette);
        palette = new Palette { _type = entry.Type, _codebookType = entry.Type, _isSet = true };
        reader.TryByte(out byte clusters);
        palette.Clusters = clusters;
        if (clusters < Limits.MaxClusters && !reader.TryBytes(SetBytes, out palette._centroids)
            || !reader.TryVarint(out palette.Nonzeros) || palette.Nonzeros > entry.Weights)
            return false;
        if (clusters == Limits.MaxClusters)
            return true;
        int values = 0;
        for (int i = 0; i < SetBytes; i++)
            values += System.Numerics.BitOperations.PopCount(palette._centroids[i]);
        return values == clusters && !palette.Holds(entry.Type == ElementType.I8 ? 128 : 0);
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
        if (_isSet)
        {
            FillFromSet(output, table);
            return;
        }
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

    private readonly void FillFromSet<T>(ElementType output, T* table) where T : unmanaged
    {
        int id = 0;
        for (int i = 0; i < 256; i++)
        {
            if (!Holds(i))
                continue;
            id++;
            uint bits = output == ElementType.Id8 ? (uint)id : Convert((byte)(_type == ElementType.I8 ? i - 128 : i), _type, output);
            table[id] = *(T*)&bits;
        }
    }

    /// <summary>Whether a set has its type's value of this rank; a set without bytes has all but zero.</summary>
    private readonly bool Holds(int rank) =>
        _centroids == null ? rank != (_type == ElementType.I8 ? 128 : 0) : (_centroids[rank / 8] >> rank % 8 & 1) != 0;

    private readonly uint Centroid(int index) => ElementTypes.Size(_codebookType) switch
    {
        1 => _centroids[index],
        2 => ((ushort*)_centroids)[index],
        _ => ((uint*)_centroids)[index],
    };
}
