using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>Makes elements of what a method has coded: its bytes are completed to integers and multiplied by their scales.</summary>
internal readonly unsafe struct GridElements(in GridHeader grid, ElementType output)
{
    // Integers that are completed, and scales that are made, at a time.
    private const int Chunk = 256;

    // Elements that stay in a cache between two passes.
    private const ulong Near = 1 << 16;

    private readonly GridHeader _grid = grid;

    private readonly delegate*<byte*, ulong, float, byte*, void> _scaling =
        ElementKernels.Scaling(InstructionSets.Current, grid.IsPlain ? ElementType.I8 : ElementType.I16, output);

    /// <param name="dst">
    /// For elements of more than one byte each. They may end where the coded bytes end: no byte is written to before it is read.
    /// </param>
    public void Make<T>(sbyte* coded, ulong first, ulong count, T* dst) where T : unmanaged
    {
        // Where every weight has another scale than the one before, runs are of one weight.
        bool isByLine = _grid.RunWeights == 1 && _grid.Channels > 1 && _grid.IsPlain && output == ElementType.F32
            && first % _grid.Channels == 0 && count % _grid.Channels == 0;
        if (isByLine)
            MakeLines(coded, count, (float*)dst);
        else
            MakeRuns(coded, first, count, dst);
    }

    /// <summary>The bits of one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Element(int integer, float scale, ElementType output) => output == ElementType.I16
        ? (ushort)integer
        : Palette.Convert(BitConverter.SingleToUInt32Bits(integer * scale), ElementType.F32, output);

    private void MakeRuns<T>(sbyte* coded, ulong first, ulong count, T* dst) where T : unmanaged
    {
        short* integers = stackalloc short[Chunk];
        ulong channel = _grid.Channel(first);
        ulong run = Math.Min(count, _grid.EndOfRun(first) - first);
        while (count > 0)
        {
            float scale = _grid.HasScale ? _grid.Scale(channel) : 0;
            if (_grid.IsPlain && _scaling != null)
            {
                _scaling((byte*)coded, run, scale, (byte*)dst);
                coded += run;
                dst += run;
            }
            else
            {
                for (ulong left = run; left > 0;)
                {
                    uint some = (uint)Math.Min(left, Chunk);
                    _grid.Complete(coded, first + run - left, some, integers);
                    if (_scaling != null)
                        _scaling((byte*)integers, some, scale, (byte*)dst);
                    else
                        Unsafe.CopyBlockUnaligned(dst, integers, some * sizeof(short));
                    coded += some;
                    dst += some;
                    left -= some;
                }
            }
            first += run;
            count -= run;
            run = Math.Min(count, _grid.RunWeights);
            channel = channel + 1 == _grid.Channels ? 0 : channel + 1;
        }
    }

    /// <summary>All channels, a number of times: first the integers as floats, then their scales, of which each is made once for many.</summary>
    private void MakeLines(sbyte* coded, ulong count, float* dst)
    {
        float* scales = stackalloc float[Chunk];
        ulong channels = _grid.Channels;
        ulong atOnce = Math.Max(Near / channels, 1) * channels;
        for (; count > 0; count -= atOnce)
        {
            atOnce = Math.Min(atOnce, count);
            _scaling((byte*)coded, atOnce, 1, (byte*)dst);
            for (ulong channel = 0; channel < channels; channel += Chunk)
            {
                uint some = (uint)Math.Min(channels - channel, Chunk);
                for (uint i = 0; i < some; i++)
                    scales[i] = _grid.Scale(channel + i);
                for (float* line = dst; line < dst + atOnce; line += channels)
                    Multiply(line + channel, scales, some);
            }
            coded += atOnce;
            dst += atOnce;
        }
    }

    private static void Multiply(float* elements, float* scales, uint count)
    {
        uint i = 0;
        for (; i + 4 <= count; i += 4)
            Vector128.Store(Vector128.Load(elements + i) * Vector128.Load(scales + i), elements + i);
        for (; i < count; i++)
            elements[i] *= scales[i];
    }
}
