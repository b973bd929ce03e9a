namespace Weightless.NativeDecoder.Format;

/// <summary>
/// What the section of a grid begins with: how its elements, integer x scale, come from the integers of 8 bits that the entry's
/// method codes behind it. docs/format-grid.md describes the bytes.
/// </summary>
public unsafe struct GridHeader
{
    /// <summary>The most bits that an integer can have below those of its method.</summary>
    public const int MaxLowBits = 8;

    /// <summary>Bits of the first byte.</summary>
    public const int HalfScalesBit = 0x04;
    public const int PatchesBit = 0x08;
    public const int LowBitsShift = 4;

    /// <summary>Bits of the second byte, where there are channels.</summary>
    public const int ShiftWidthShift = 3;
    private const int AxisBits = 0x07;
    private const int SecondByteBits = 0x3f;

    // Of the exponents of f32. The product of an integer and a scale between these is neither subnormal nor infinite: what a
    // machine makes of those can be changed by its host.
    private const uint LeastExponent = 1;
    private const uint ExponentBehind = 127 + 112;

    private ulong _weights;
    private ulong _channelWeights;
    private byte* _scales;
    private bool _hasHalfScales;
    private byte* _shifts;
    private int _shiftBits;
    private byte* _lows;
    private GridPatches _patches;

    /// <summary>Whether an element is its integer itself.</summary>
    public readonly bool HasScale => _scales != null;

    /// <summary>Numbers of scales, along <see cref="ChannelAxis"/>: 0 without a scale, 1 for a tensor that has one.</summary>
    public ulong Channels { get; private set; }

    /// <summary>The dimension along which scales differ; 0 if they do not.</summary>
    public int ChannelAxis { get; private set; }

    /// <summary>Bits of an integer below those of its method.</summary>
    public int LowBits { get; private set; }

    /// <summary>Whether all integers are what the method codes: they fit 8 bits.</summary>
    public readonly bool IsPlain => LowBits == 0 && _patches.Count == 0;

    /// <summary>Bits that its integers may need.</summary>
    public readonly int IntegerBits => _patches.Count > 0 ? 16 : 8 + LowBits;

    /// <summary>Reads and checks it.</summary>
    /// <param name="integers">The entry of the tensor of i8 that lies behind it, by the same method.</param>
    public static bool TryRead(in TensorEntry entry, out GridHeader grid, out TensorEntry integers)
    {
        grid = new GridHeader { _weights = entry.Weights };
        integers = entry;
        ByteReader reader = entry.SectionReader;
        if (!grid.TryRead(entry, ref reader))
            return false;
        integers.IsGrid = false;
        integers.Type = ElementType.I8;
        integers.Section = reader.Position;
        integers.SectionBytes = reader.Left;
        return entry.Method != Method.Stored || reader.Left == entry.Weights;
    }

    /// <summary>Whether a scale is one, and stays one if it is shifted up by so many powers of two.</summary>
    public static bool IsInRange(uint scaleBits, uint shift)
    {
        // A sign counts as an exponent beyond any.
        uint exponent = scaleBits >> 23;
        return exponent >= LeastExponent && exponent + shift < ExponentBehind;
    }

    /// <summary>Channels follow one another in order, each for so many weights, and begin anew behind the last.</summary>
    public readonly ulong Channel(ulong weight) => Channels <= 1 ? 0 : weight / _channelWeights % Channels;

    /// <summary>Weights of a run of one channel.</summary>
    public readonly ulong RunWeights => Channels <= 1 ? _weights : _channelWeights;

    /// <summary>The first weight behind the run that a weight is in.</summary>
    public readonly ulong EndOfRun(ulong weight) => Channels <= 1 ? _weights : (weight / _channelWeights + 1) * _channelWeights;

    /// <summary>A channel's scale.</summary>
    public readonly float Scale(ulong channel)
    {
        if (_shifts == null)
            return BitConverter.UInt32BitsToSingle(ScaleBits(channel));
        return BitConverter.UInt32BitsToSingle(ScaleBits(0) + (PackedBits.Read(_shifts, channel, _shiftBits) << 23));
    }

    /// <summary>Those of some channels; of the first the number is a multiple of 8.</summary>
    public readonly void Scales(ulong firstChannel, uint count, float* scales)
    {
        if (_shifts == null)
        {
            for (uint i = 0; i < count; i++)
                scales[i] = Scale(firstChannel + i);
            return;
        }
        uint step = ScaleBits(0);
        uint mask = (1u << _shiftBits) - 1;
        byte* next = _shifts + firstChannel / 8 * (uint)_shiftBits;
        uint bits = 0;
        int have = 0;
        for (uint i = 0; i < count; i++)
        {
            if (have < _shiftBits)
            {
                bits |= (uint)*next++ << have;
                have += 8;
            }
            scales[i] = BitConverter.UInt32BitsToSingle(step + ((bits & mask) << 23));
            bits >>= _shiftBits;
            have -= _shiftBits;
        }
    }

    /// <summary>The integers of a range of weights, from what the method gave.</summary>
    public readonly void Complete(sbyte* coded, ulong first, uint count, short* integers)
    {
        if (LowBits == 0)
        {
            for (uint i = 0; i < count; i++)
                integers[i] = coded[i];
        }
        else
        {
            for (uint i = 0; i < count; i++)
                integers[i] = (short)(coded[i] << LowBits | (int)PackedBits.Read(_lows, first + i, LowBits));
        }
        _patches.Apply(first, count, integers);
    }

    private bool TryRead(in TensorEntry entry, ref ByteReader reader)
    {
        if (!reader.TryByte(out byte first))
            return false;
        GridScales kind = (GridScales)(first & 3);
        LowBits = first >> LowBitsShift;
        _hasHalfScales = (first & HalfScalesBit) != 0;
        bool hasScale = kind != GridScales.None;
        if (LowBits > MaxLowBits || hasScale != ElementTypes.IsFloat(entry.Type) || _hasHalfScales && !hasScale
            || hasScale && !TryReadScales(kind, entry, ref reader))
            return false;
        return (LowBits == 0 || reader.TryBytes(PackedBits.Bytes(_weights, LowBits), out _lows))
            && ((first & PatchesBit) == 0 || GridPatches.TryRead(_weights, ref reader, out _patches));
    }

    private bool TryReadScales(GridScales kind, in TensorEntry entry, ref ByteReader reader)
    {
        Channels = 1;
        if (kind != GridScales.One)
        {
            if (!reader.TryByte(out byte second) || second > SecondByteBits || (second & AxisBits) >= entry.Rank)
                return false;
            ChannelAxis = second & AxisBits;
            Channels = entry.Shape[ChannelAxis];
            _channelWeights = 1;
            for (int axis = ChannelAxis + 1; axis < entry.Rank; axis++)
                _channelWeights *= entry.Shape[axis];
            int width = second >> ShiftWidthShift;
            _shiftBits = kind == GridScales.Shifted ? width + 1 : 0;
            if (kind == GridScales.PerChannel && width != 0)
                return false;
        }
        ulong count = kind == GridScales.PerChannel ? Channels : 1;
        if (!reader.TryBytes(count * (_hasHalfScales ? 2u : 4u), out _scales)
            || kind == GridScales.Shifted && !reader.TryBytes(PackedBits.Bytes(Channels, _shiftBits), out _shifts))
            return false;
        for (ulong i = 0; i < count; i++)
        {
            if (!IsInRange(ScaleBits(i), (1u << _shiftBits) - 1))
                return false;
        }
        return true;
    }

    /// <summary>A scale as it is written.</summary>
    private readonly uint ScaleBits(ulong index) =>
        _hasHalfScales ? FloatBits.F16ToF32(((ushort*)_scales)[index]) : ((uint*)_scales)[index];
}

/// <summary>Bits 0-1 of a grid's first byte: what its integers are multiplied by.</summary>
public enum GridScales
{
    /// <summary>By nothing: the elements are integers.</summary>
    None = 0,

    One = 1,

    /// <summary>By one scale times a power of two for each channel.</summary>
    Shifted = 2,

    PerChannel = 3,
}
