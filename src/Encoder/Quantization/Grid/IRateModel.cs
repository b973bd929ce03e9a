namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// What a coder would need for an integer in its surroundings. The optimiser minimises this, so it has to be the estimate of
/// the coder that writes the file: with another one it overfits what no file gains from.
/// </summary>
internal interface IRateModel<TSelf>
    where TSelf : IRateModel<TSelf>
{
    /// <summary>A model that has seen nothing.</summary>
    static abstract TSelf Create();

    /// <summary>The bits that an integer takes.</summary>
    float Bits(int value, in Surroundings surroundings);

    /// <summary>Learns that an integer was coded.</summary>
    void Learn(int value, in Surroundings surroundings);
}

/// <summary>The integers around one that are coded before it; zero where there are none.</summary>
/// <param name="Left">Of the same row.</param>
/// <param name="SecondLeft">Two to the left.</param>
/// <param name="Above">Of the row before.</param>
internal readonly record struct Surroundings(int Left, int SecondLeft, int Above)
{
    public static Surroundings Of(ReadOnlySpan<short> integers, int columns, int row, int column)
    {
        int at = row * columns + column;
        return new Surroundings(column > 0 ? integers[at - 1] : 0, column > 1 ? integers[at - 2] : 0, row > 0 ? integers[at - columns] : 0);
    }
}
