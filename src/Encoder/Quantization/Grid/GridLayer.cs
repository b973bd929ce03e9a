namespace Weightless.Encoder.Quantization.Grid;

/// <summary>A layer as the optimiser sees it: y = W x + b, and what an error in y costs.</summary>
/// <param name="Weights">W, rows x columns; rows are shared out among the groups of the Hessian in order.</param>
/// <param name="RowImportance">
/// What a row's squared error counts, such as the squared scale of the batch norm behind it; above 0.
/// </param>
/// <param name="Sensitivity">What the network's outputs lose for each unit of the layer's squared error; above 0.</param>
/// <param name="LoadHessians">
/// Fetches the sums over two halves of the calibration inputs. They are not kept: all layers' would not fit in memory.
/// </param>
internal sealed record GridLayer(string Name, float[] Weights, int Rows, int Columns, double[] RowImportance, double Sensitivity,
    Func<(Hessian First, Hessian Second)> LoadHessians)
{
    /// <summary>Damping of the Hessian as a share of its mean diagonal; 0 until <see cref="Damping"/> has chosen it.</summary>
    public double Damping { get; set; }

    public int GroupOf(int row, int groups) => row / (Rows / groups);

    public ReadOnlySpan<float> Row(int row) => Weights.AsSpan(row * Columns, Columns);
}

/// <summary>What became of a layer.</summary>
/// <param name="Integers">In the order of the layer's weights.</param>
/// <param name="Bits">What the rate model estimates for integers, step and shifts.</param>
/// <param name="Loss">Half the weighted squared error, in the unit of the network's outputs.</param>
/// <param name="BiasChanges">For each row, what to add to its bias so that the mean of its output stays.</param>
internal sealed record QuantizedLayer(
    GridLayer Layer, short[] Integers, float Step, byte[] Shifts, double Bits, double Loss, float[] BiasChanges);
