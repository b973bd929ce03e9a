namespace Weightless.Encoder.Calibration;

/// <summary>
/// Finds the price of a bit at which a network meets a target. Logarithms of what is measured follow that of the price nearly
/// along a line: the next price is where a line through what is known meets the target.
/// </summary>
/// <param name="slope">Of that line, to begin with: above 0 of an error, which rises with the price, below 0 of a size.</param>
/// <param name="tolerance">The share of the target that may stay unused.</param>
internal sealed class PriceSearch(double slope, double tolerance)
{
    private const int MostTries = 24;
    private const double LongestStep = 5;

    // Of an interval of prices: in a shorter one, what is measured jumps more than it rises.
    private const double Narrow = 0.004;

    // A line that is nearly right would come up to the target from one side alone.
    private const double Inside = 0.1;

    /// <summary>The network that uses most of the target, and its price; null if none keeps to it.</summary>
    /// <param name="start">The price to begin with.</param>
    /// <param name="measure">What the target limits.</param>
    public (T Network, double Price)? Find<T>(double start, double target, Func<double, T> quantize, Func<T, double> measure)
    {
        double aim = Math.Log(target * (1 - tolerance / 2));
        double floor = aim - LongestStep;
        (double X, double Y)? good = null;
        (double X, double Y)? bad = null;
        (T, double)? best = null;
        int around = 0;
        double x = Math.Log(start);
        for (int tries = 0; tries < MostTries; tries++)
        {
            double price = Math.Exp(x);
            T network = quantize(price);
            double measured = measure(network);
            (double X, double Y) point = (x, Math.Max(Math.Log(measured), floor));
            if (measured <= target)
            {
                if (good is null || point.Y >= good.Value.Y)
                    (best, good) = ((network, price), point);
                if (measured >= target * (1 - tolerance))
                    break;
            }
            else if (bad is null || point.Y <= bad.Value.Y)
            {
                bad = point;
            }

            if (good is var (goodX, goodY) && bad is var (badX, badY))
            {
                if (Math.Abs(goodX - badX) < Narrow)
                {
                    // Prices around it, on either side in turn.
                    x = goodX + (++around % 2 == 0 ? around : -around) * Narrow / 2;
                    continue;
                }
                double share = badY > goodY ? (aim - goodY) / (badY - goodY) : 0.5;
                x = goodX + Math.Clamp(share, Inside, 1 - Inside) * (badX - goodX);
            }
            else
            {
                x += Math.Clamp((aim - point.Y) / slope, -LongestStep, LongestStep);
                // What lies beside the target by little is to be passed.
                x += Math.Sign(slope) * (measured <= target ? Narrow : -Narrow);
            }
        }
        return best;
    }
}
