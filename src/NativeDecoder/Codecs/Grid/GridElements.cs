using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>Makes elements of what a method has coded: its bytes are completed to integers and multiplied by their scales.</summary>
internal readonly unsafe struct GridElements(in GridHeader grid, ElementType output)
{
    // Integers that are completed at a time.
    private const int Chunk = 256;

    private readonly GridHeader _grid = grid;

    /// <param name="dst">
    /// For elements of more than one byte each. They may end where the coded bytes end: no byte is written to before it is read.
    /// </param>
    public void Make<T>(sbyte* coded, ulong first, ulong count, T* dst) where T : unmanaged
    {
        bool isDirect = _grid.IsPlain && output == ElementType.F32;
        short* integers = stackalloc short[Chunk];
        while (count > 0)
        {
            ulong run = Math.Min(count, _grid.EndOfRun(first) - first);
            float scale = _grid.HasScale ? _grid.Scale(_grid.Channel(first)) : 0;
            first += run;
            count -= run;
            if (isDirect)
            {
                Scale(coded, scale, (float*)dst, run);
                coded += run;
                dst += run;
                continue;
            }
            while (run > 0)
            {
                uint some = (uint)Math.Min(run, Chunk);
                _grid.Complete(coded, first - run, some, integers);
                Convert(integers, scale, dst, some);
                coded += some;
                dst += some;
                run -= some;
            }
        }
    }

    /// <summary>The bits of one element; -0 has none but its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Element(int integer, float scale, ElementType output)
    {
        if (output == ElementType.I16)
            return (ushort)integer;
        return Palette.Convert(BitConverter.SingleToUInt32Bits(integer * scale), ElementType.F32, output);
    }

    private static void Scale(sbyte* integers, float scale, float* dst, ulong count)
    {
        for (ulong i = 0; i < count; i++)
            dst[i] = integers[i] * scale;
    }

    private void Convert<T>(short* integers, float scale, T* dst, uint count) where T : unmanaged
    {
        for (uint i = 0; i < count; i++)
        {
            uint bits = Element(integers[i], scale, output);
            dst[i] = *(T*)&bits;
        }
    }
}
