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
    private const ulong Near = 1 << 17;

    // Shorter ones do not repay a call of the loop over integers.
    private const ulong LongRun = 32;

    private readonly GridHeader _grid = grid;

    private readonly delegate*<byte*, ulong, float, byte*, void> _scaling =
        ElementKernels.Scaling(InstructionSets.Current, grid.IsPlain ? ElementType.I8 : ElementType.I16, output);

    /// <param name="dst">
    /// For elements of more than one byte each. They may end where the coded bytes end: no byte is written to before it is read.
    /// </param>
    public void Make<T>(sbyte* coded, ulong first, ulong count, T* dst) where T : unmanaged
    {
        bool isShort = _grid.RunWeights < LongRun && _grid.Channels > 1 && _grid.IsPlain && output == ElementType.F32;
        if (isShort && _grid.RunWeights == 1 && first % _grid.Channels == 0 && count % _grid.Channels == 0)
            MakeLines(coded, count, (float*)dst);
        else if (isShort)
            MakeShortRuns(coded, first, count, (float*)dst);
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

    /// <summary>Runs of a kernel's weights: first the integers as floats, then their scales.</summary>
    private void MakeShortRuns(sbyte* coded, ulong first, ulong count, float* dst)
    {
        ulong channel = _grid.Channel(first);
        ulong run = _grid.EndOfRun(first) - first;
        float scale = _grid.Scale(channel);
        while (count > 0)
        {
            ulong some = Math.Min(count, Near);
            _scaling((byte*)coded, some, 1, (byte*)dst);
            for (float* end = dst + some; dst < end;)
            {
                if (run == 0)
                {
                    run = _grid.RunWeights;
                    channel = channel + 1 == _grid.Channels ? 0 : channel + 1;
                    scale = _grid.Scale(channel);
                }
                ulong now = Math.Min(run, (ulong)(end - dst));
                ulong i = 0;
                for (; i + 4 <= now; i += 4)
                    Vector128.Store(Vector128.Load(dst + i) * scale, dst + i);
                for (; i < now; i++)
                    dst[i] *= scale;
                dst += now;
                run -= now;
            }
            coded += some;
            count -= some;
        }
    }

    /// <summary>
    /// Runs of one weight, of all channels a number of times: some channels of many lines, so that each scale is made once for many. What
    /// comes of them must not overwrite other integers: of the last lines the integers are made floats first.
    /// </summary>
    private void MakeLines(sbyte* coded, ulong count, float* dst)
    {
        float* scales = stackalloc float[Chunk];
        ulong channels = _grid.Channels;
        while (count > 0)
        {
            ulong free = coded >= (sbyte*)dst ? (ulong)(coded - (sbyte*)dst) / sizeof(float) : count;
            ulong atOnce = Math.Min(Math.Min(free, count), Math.Max(Near, channels)) / channels * channels;
            bool isApart = atOnce > 0;
            if (!isApart)
                _scaling((byte*)coded, atOnce = channels, 1, (byte*)dst);
            for (ulong channel = 0; channel < channels; channel += Chunk)
            {
                uint some = (uint)Math.Min(channels - channel, Chunk);
                _grid.Scales(channel, some, scales);
                for (ulong line = channel; line < atOnce; line += channels)
                {
                    if (isApart)
                        Multiply(coded + line, scales, some, dst + line);
                    else
                        Multiply(dst + line, scales, some);
                }
            }
            coded += atOnce;
            dst += atOnce;
            count -= atOnce;
        }
    }

    private static void Multiply(sbyte* integers, float* scales, uint count, float* dst)
    {
        uint i = 0;
        for (; i + 16 <= count; i += 16)
        {
            (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(integers + i));
            (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
            (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
            Vector128.Store(Vector128.ConvertToSingle(a) * Vector128.Load(scales + i), dst + i);
            Vector128.Store(Vector128.ConvertToSingle(b) * Vector128.Load(scales + i + 4), dst + i + 4);
            Vector128.Store(Vector128.ConvertToSingle(c) * Vector128.Load(scales + i + 8), dst + i + 8);
            Vector128.Store(Vector128.ConvertToSingle(d) * Vector128.Load(scales + i + 12), dst + i + 12);
        }
        for (; i < count; i++)
            dst[i] = integers[i] * scales[i];
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
