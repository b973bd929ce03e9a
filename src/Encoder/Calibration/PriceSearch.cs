namespace Weightless.Encoder.Calibration;

/// <summary>Finds the price of a bit at which a network meets a target: everything that a price decides changes steadily with it.</summary>
internal static class PriceSearch
{
    private const double FirstFactor = 8;
    private const int MostTries = 14;

    // What --max-bytes promises.
    private const double Tolerance = 0.01;

    /// <summary>The best network whose measure is at most the target, or null if none was found.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="quantize">The network at a price.</param>
    /// <param name="measure">What the target limits.</param>
    /// <param name="growsWithPrice">Whether the measure rises with the price, as an error does, or falls, as a size does.</param>
    public static QuantizedNetwork? Find(double start, double target, bool growsWithPrice, Func<double, QuantizedNetwork> quantize,
        Func<QuantizedNetwork, double> measure)
    {
        QuantizedNetwork? best = null;
        double good = double.NaN;
        double bad = double.NaN;
        double price = start;
        for (int tries = 0; tries < MostTries; tries++)
        {
            QuantizedNetwork network = quantize(price);
            double measured = measure(network);
            bool fits = measured <= target;
            if (fits)
            {
                best = network;
                good = price;
                if (measured >= target * (1 - Tolerance))
                    break;
            }
            else
            {
                bad = price;
            }
            if (!double.IsNaN(good) && !double.IsNaN(bad))
            {
                if (Math.Max(good, bad) / Math.Min(good, bad) < 1 + Tolerance)
                    break;
                price = Math.Sqrt(good * bad);
            }
            else
            {
                price *= fits == growsWithPrice ? FirstFactor : 1 / FirstFactor;
            }
        }
        return best;
    }
}
