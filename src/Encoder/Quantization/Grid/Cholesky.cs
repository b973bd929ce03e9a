namespace Weightless.Encoder.Quantization.Grid;

/// <summary>Factors of symmetric positive definite matrices, in double precision, on all cores.</summary>
internal static class Cholesky
{
    private const int Block = 64;
    private const int RowsAtOnce = 4;

    /// <summary>
    /// The upper triangle U with U^T U = A^-1. A = R R^T with an upper R is the ordinary factorisation from the last row
    /// upwards, and U is R^-1: no inverse of A is formed.
    /// </summary>
    /// <param name="matrix">A, in full, row by row; it is overwritten.</param>
    /// <returns>U, zero below the diagonal; null if A is not positive definite in this precision.</returns>
    public static float[]? InverseFactor(double[] matrix, int order) =>
        TryFactor(matrix, order) ? InvertUpper(matrix, order) : null;

    /// <summary>Leaves R in the upper triangle.</summary>
    private static bool TryFactor(double[] a, int order)
    {
        for (int end = order; end > 0; end -= Block)
        {
            int start = Math.Max(end - Block, 0);
            int from = start;
            int to = end;
            // What the columns behind the block have to say, for all rows up to it.
            if (to < order)
            {
                Parallel.For(0, to, row =>
                {
                    ReadOnlySpan<double> tail = a.AsSpan(row * order + to, order - to);
                    for (int column = Math.Max(row, from); column < to; column++)
                        a[row * order + column] -= VectorKernels.Dot(tail, a.AsSpan(column * order + to, order - to));
                });
            }
            for (int column = to - 1; column >= from; column--)
            {
                ReadOnlySpan<double> pivot = a.AsSpan(column * order + column + 1, to - column - 1);
                double square = a[column * order + column] - VectorKernels.Dot(pivot, pivot);
                if (!(square > 0))
                    return false;
                double diagonal = Math.Sqrt(square);
                a[column * order + column] = diagonal;
                for (int row = 0; row < column; row++)
                {
                    ref double element = ref a[row * order + column];
                    element = (element - VectorKernels.Dot(a.AsSpan(row * order + column + 1, pivot.Length), pivot)) / diagonal;
                }
            }
        }
        return true;
    }

    /// <summary>Each row v of R^-1 by substitution in v R = e.</summary>
    private static float[] InvertUpper(double[] r, int order)
    {
        float[] inverse = new float[order * order];
        int blocks = (order + RowsAtOnce - 1) / RowsAtOnce;
        Parallel.For(0, blocks, block =>
        {
            int first = block * RowsAtOnce;
            int count = Math.Min(RowsAtOnce, order - first);
            double[] rows = new double[count * order];
            for (int i = 0; i < count; i++)
                rows[i * order + first + i] = 1;
            for (int k = first; k < order; k++)
            {
                ReadOnlySpan<double> tail = r.AsSpan(k * order + k + 1, order - k - 1);
                for (int i = 0; i < count && first + i <= k; i++)
                {
                    double value = rows[i * order + k] / r[k * order + k];
                    inverse[(first + i) * order + k] = (float)value;
                    VectorKernels.AddScaled(rows.AsSpan(i * order + k + 1, tail.Length), tail, -value);
                }
            }
        });
        return inverse;
    }
}
