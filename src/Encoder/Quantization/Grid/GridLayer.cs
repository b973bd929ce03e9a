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
    /// <summary>Damping of the Hessian as a share of its mean diagonal; <see cref="Grid.Damping"/> chooses a better one.</summary>
    public double Damping { get; set; } = 0.01;

    /// <summary>What the coder needs for each bit that the rate model estimates: 1 until it has coded the layer once.</summary>
    public double CodedShare { get; set; } = 1;

    /// <summary>
    /// What was found to be best at about this price, and is to be taken again: a search for a price needs sizes that change
    /// steadily with it. Null lets the quantiser try.
    /// </summary>
    public GridChoice? Choice { get; set; }

    /// <summary>How the integers are coded, but for the period.</summary>
    public CodingOrder Coding { get; init; } = new(Columns, IsTransposed: false, Period: 0);

    /// <summary>The periods that the coder may take, 0 among them.</summary>
    public IReadOnlyCollection<int> Periods { get; init; } = [0];

    public int GroupOf(int row, int groups) => row / (Rows / groups);

    public ReadOnlySpan<float> Row(int row) => Weights.AsSpan(row * Columns, Columns);
}

/// <summary>What of a layer's grid is chosen by trying.</summary>
/// <param name="StepConstant">See <see cref="Steps.Choose"/>.</param>
/// <param name="PerRow">Whether each row has a scale of its own.</param>
/// <param name="Period">Of the <see cref="CodingOrder"/>.</param>
internal sealed record GridChoice(double StepConstant, bool PerRow, int Period);

/// <summary>What became of a layer.</summary>
/// <param name="Integers">In the order of the layer's weights.</param>
/// <param name="Bits">What the rate model estimates for integers, step and shifts.</param>
/// <param name="Loss">Half the weighted squared error, in the unit of the network's outputs.</param>
/// <param name="BiasChanges">For each row, what to add to its bias so that the mean of its output stays.</param>
internal sealed record QuantizedLayer(
    GridLayer Layer, GridChoice Choice, short[] Integers, float Step, byte[] Shifts, double Bits, double Loss, float[] BiasChanges);
