using Weightless.NativeDecoder.Format;
using Weightless.Tests.Abi;

namespace Weightless.Tests.Differential;

/// <summary>What wl_decode_csr and wl_matvec have to give, from the decoded matrix by the definitions in weightless.h.</summary>
internal static class Reference
{
    private const int Lanes = 32;

    private static readonly float NotANumber = BitConverter.UInt32BitsToSingle(0x7fc00000);

    public static Sparse ToSparse(ReadOnlySpan<byte> elements, int rows, int columns, int elementSize)
    {
        ulong[] offsets = new ulong[rows + 1];
        List<uint> indexes = [];
        List<byte> values = [];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                ReadOnlySpan<byte> element = elements.Slice((row * columns + column) * elementSize, elementSize);
                if (!element.ContainsAnyExcept((byte)0))
                    continue;
                indexes.Add((uint)column);
                values.AddRange(element);
            }
            offsets[row + 1] = (ulong)indexes.Count;
        }
        return new Sparse(offsets, [.. indexes], [.. values]);
    }

    public static float[] Multiply(ReadOnlySpan<float> weights, int rows, int columns, ReadOnlySpan<float> x)
    {
        float[] y = new float[rows];
        Span<float> sums = stackalloc float[Lanes];
        for (int row = 0; row < rows; row++)
        {
            sums.Clear();
            for (int column = 0; column < columns; column++)
                sums[column % Lanes] += weights[row * columns + column] * x[column];
            for (int half = Lanes / 2; half > 0; half /= 2)
            {
                for (int i = 0; i < half; i++)
                    sums[i] += sums[i + half];
            }
            y[row] = float.IsNaN(sums[0]) ? NotANumber : sums[0];
        }
        return y;
    }

    /// <summary>An input of the product: exact in every language.</summary>
    public static float[] Input(int columns) =>
        [.. Enumerable.Range(0, columns).Select(i => ((int)(((uint)i * 2654435761u) >> 24) - 128) / 64f)];

    /// <summary>The types that a tensor of this type and method decodes to.</summary>
    public static IEnumerable<ElementType> Outputs(ElementType type, Method method) =>
        Enum.GetValues<ElementType>().Where(output => Palette.CanDecode(type, output)
            && (output != ElementType.Id8 || Methods.Of(method).CodesIds));
}
