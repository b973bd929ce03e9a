namespace Weightless.Encoder.Calibration;

/// <summary>What a convolution reads of its input for one output position (ONNX operators, Conv).</summary>
/// <param name="Kernel">The size in each spatial dimension; so for the others.</param>
/// <param name="PadsBefore">Zeros in front.</param>
/// <param name="PadsAfter">Zeros behind.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER; the pads count for the first alone.</param>
internal sealed record ConvolutionWindow(int[] Kernel, int[] Strides, int[] Dilations, int[] PadsBefore, int[] PadsAfter, string AutoPad)
{
    public int Size => Kernel.Aggregate(1, (product, size) => product * size);

    /// <summary>The number of output positions in each dimension, and the zeros in front of the input.</summary>
    public (int[] Positions, int[] Before) Over(ReadOnlySpan<int> input)
    {
        int[] positions = new int[Kernel.Length];
        int[] before = new int[Kernel.Length];
        for (int d = 0; d < Kernel.Length; d++)
        {
            int reach = (Kernel[d] - 1) * Dilations[d] + 1;
            if (AutoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                positions[d] = (input[d] + Strides[d] - 1) / Strides[d];
                int pads = Math.Max((positions[d] - 1) * Strides[d] + reach - input[d], 0);
                before[d] = AutoPad == "SAME_UPPER" ? pads / 2 : pads - pads / 2;
                continue;
            }
            bool isPadded = AutoPad != "VALID";
            before[d] = isPadded ? PadsBefore[d] : 0;
            int extent = input[d] + before[d] + (isPadded ? PadsAfter[d] : 0);
            positions[d] = extent < reach ? 0 : (extent - reach) / Strides[d] + 1;
        }
        return (positions, before);
    }

    /// <summary>For each kernel element, its offset in a channel of the input, or -1 for one that reads a pad.</summary>
    public void Offsets(ReadOnlySpan<int> input, ReadOnlySpan<int> before, ReadOnlySpan<int> position, Span<int> offsets)
    {
        for (int element = 0; element < offsets.Length; element++)
        {
            int rest = element;
            int offset = 0;
            int stride = 1;
            for (int d = Kernel.Length - 1; d >= 0; d--)
            {
                int at = position[d] * Strides[d] - before[d] + rest % Kernel[d] * Dilations[d];
                rest /= Kernel[d];
                if (at < 0 || at >= input[d])
                {
                    offset = -1;
                    break;
                }
                offset += at * stride;
                stride *= input[d];
            }
            offsets[element] = offset;
        }
    }
}
