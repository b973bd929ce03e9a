namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// What a coder would need for an integer in its surroundings. The optimiser minimises this, so it has to be the estimate of
/// the coder that writes the file: with another one it overfits what no file gains from.
/// </summary>
internal interface IRateModel<TSelf>
    where TSelf : IRateModel<TSelf>
{
    /// <summary>A model that has seen nothing of a matrix.</summary>
    static abstract TSelf Create(int rows, CodingOrder order);

    /// <summary>The bits that an integer takes.</summary>
    float Bits(int value, in Surroundings surroundings);

    /// <summary>Learns that an integer was coded.</summary>
    void Learn(int value, in Surroundings surroundings);
}
