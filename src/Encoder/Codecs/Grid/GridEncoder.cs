using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Quantization.Grid;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Grid;

/// <summary>
/// Encodes a grid: its scales, what its integers have beyond 8 bits, and the rest of them as a tensor of i8 by any method. It
/// writes what <see cref="GridHeader"/> reads.
/// </summary>
internal sealed class GridEncoder
{
    private readonly GridTensor _tensor;
    private readonly GridSplit _split;
    private readonly byte[] _header;

    /// <exception cref="ArgumentOutOfRangeException">A scale is not one that the format has: see <see cref="GridTensor.HasScalesInRange"/>.</exception>
    public GridEncoder(GridTensor tensor)
    {
        if (!tensor.HasScalesInRange)
            throw new ArgumentOutOfRangeException(nameof(tensor), "a scale is too small or too large");
        _tensor = tensor;
        _split = GridSplit.Of(tensor);
        _header = Header();
    }

    /// <summary>What a method is to code.</summary>
    public ClusteredTensor Integers => _split.Coded;

    /// <summary>The grid, from an encoding of <see cref="Integers"/>.</summary>
    public EncodedTensor Finish(EncodedTensor integers)
    {
        byte[] section = new byte[_header.Length + (long)integers.Section.Length];
        _header.CopyTo(section, 0);
        integers.Section.CopyTo(section.AsMemory(_header.Length));
        bool isPlain = _split.LowBits == 0 && !_split.HasPatches;
        return integers.OnGrid(_tensor.Type, section, isPlain);
    }

    private byte[] Header()
    {
        BitWriter header = new();
        (float step, byte[] shifts) = Normalised();
        GridScales kind = !ElementTypes.IsFloat(_tensor.Type) ? GridScales.None : shifts.Length == 0 ? GridScales.One : GridScales.Shifted;
        uint bits = BitConverter.SingleToUInt32Bits(step);
        ushort half = FloatBits.F32ToF16(bits);
        bool isHalf = kind != GridScales.None && FloatBits.F16ToF32(half) == bits;
        header.WriteByte((byte)((int)kind | (isHalf ? GridHeader.HalfScalesBit : 0) | (_split.HasPatches ? GridHeader.PatchesBit : 0)
            | _split.LowBits << GridHeader.LowBitsShift));
        int width = shifts.Length == 0 ? 0 : 32 - int.LeadingZeroCount(shifts.Max());
        if (kind == GridScales.Shifted)
            header.WriteByte((byte)(_tensor.ChannelAxis | (width - 1) << GridHeader.ShiftWidthShift));
        if (isHalf)
            header.WriteValue(half);
        else if (kind != GridScales.None)
            header.WriteValue(bits);
        foreach (byte shift in shifts)
            header.WriteBits(shift, width);
        header.AlignToByte();
        _split.Write(header);
        return header.ToArray();
    }

    /// <summary>The same scales with the smallest shifts, and none if there is one scale.</summary>
    private (float Step, byte[] Shifts) Normalised()
    {
        if (_tensor.Shifts.Length == 0)
            return (_tensor.Step, []);
        byte least = _tensor.Shifts.Min();
        float step = MathF.ScaleB(_tensor.Step, least);
        return _tensor.Shifts.Max() == least ? (step, []) : (step, [.. _tensor.Shifts.Select(shift => (byte)(shift - least))]);
    }
}
