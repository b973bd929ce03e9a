namespace Weightless.Encoder.Calibration;

/// <summary>
/// How a weight tensor is a matrix of a row for each output: as it is, or, as in a MatMul, with outputs along its second
/// dimension.
/// </summary>
/// <param name="Columns">The weights of a row.</param>
/// <param name="Groups">Of a convolution: rows are shared out among them in order, and each has inputs of its own.</param>
internal sealed record WeightView(int Rows, int Columns, int Groups, bool IsTransposed)
{
    /// <summary>The dimension of the tensor along which rows run.</summary>
    public int RowAxis => IsTransposed ? 1 : 0;

    /// <summary>A tensor's elements, row by row.</summary>
    public T[] ToMatrix<T>(ReadOnlySpan<T> elements)
    {
        T[] matrix = new T[Rows * Columns];
        for (int i = 0; i < matrix.Length; i++)
            matrix[i] = elements[ElementOf(i)];
        return matrix;
    }

    /// <summary>The opposite of <see cref="ToMatrix"/>.</summary>
    public T[] ToTensor<T>(ReadOnlySpan<T> matrix)
    {
        T[] elements = new T[Rows * Columns];
        for (int i = 0; i < elements.Length; i++)
            elements[ElementOf(i)] = matrix[i];
        return elements;
    }

    private int ElementOf(int index) => IsTransposed ? index % Columns * Rows + index / Columns : index;
}
