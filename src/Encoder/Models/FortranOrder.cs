using System.Runtime.InteropServices;

namespace Weightless.Encoder.Models;

/// <summary>Turns Fortran order, in which the first index runs fastest, into C order, in which the last does.</summary>
internal static class FortranOrder
{
    // Two tiles of 8-byte elements fit a first-level cache.
    private const int Tile = 32;

    public static byte[] ToC(ReadOnlySpan<byte> source, IReadOnlyList<long> shape, int elementSize)
    {
        byte[] target = GC.AllocateUninitializedArray<byte>(source.Length);
        if (source.IsEmpty)
            return target;
        switch (elementSize)
        {
            case 1:
                Reorder(source, target.AsSpan(), shape);
                break;
            case 2:
                Reorder(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(target.AsSpan()), shape);
                break;
            case 4:
                Reorder(MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, uint>(target.AsSpan()), shape);
                break;
            default:
                Reorder(MemoryMarshal.Cast<byte, ulong>(source), MemoryMarshal.Cast<byte, ulong>(target.AsSpan()), shape);
                break;
        }

        return target;
    }

    /// <summary>
    /// The first and the last dimension change places in strides as a matrix is transposed, once for every index of the
    /// dimensions between them. The array fits in memory, so every product of dimensions fits an int.
    /// </summary>
    private static void Reorder<T>(ReadOnlySpan<T> source, Span<T> target, IReadOnlyList<long> shape)
    {
        int first = (int)shape[0];
        int last = (int)shape[^1];
        int between = source.Length / first / last;

        for (int index = 0; index < between; index++)
        {
            // In C order `index` counts the middle dimensions with the last of them fastest; Fortran order reverses that.
            int middle = 0;
            int stride = between;
            int rest = index;
            for (int d = shape.Count - 2; d > 0; d--)
            {
                int dimension = (int)shape[d];
                stride /= dimension;
                middle += rest % dimension * stride;
                rest /= dimension;
            }

            Transpose(source[(middle * first)..], between * first, target[(index * last)..], between * last, first, last);
        }
    }

    private static void Transpose<T>(
        ReadOnlySpan<T> source, int sourceStride, Span<T> target, int targetStride, int rows, int columns)
    {
        for (int top = 0; top < rows; top += Tile)
        {
            int bottom = Math.Min(top + Tile, rows);
            for (int left = 0; left < columns; left += Tile)
            {
                int right = Math.Min(left + Tile, columns);
                for (int row = top; row < bottom; row++)
                {
                    for (int column = left; column < right; column++)
                        target[(row * targetStride) + column] = source[(column * sourceStride) + row];
                }
            }
        }
    }
}
