namespace Weightless.Encoder.Calibration;

/// <summary>How far a network's outputs are from those that they were.</summary>
internal sealed class OutputDifference
{
    private const double DistributionTolerance = 1e-3;
    private const double LeastProbability = 1e-9;

    private double _divergence;
    private double _error;
    private double _power;
    private long _rows;
    private long _agreeing;
    private bool _areDistributions = true;

    /// <summary>The signal to noise ratio in dB; infinite where nothing changed.</summary>
    public double SignalToNoise => 10 * Math.Log10(_power / _error);

    /// <summary>
    /// The share of rows whose largest element is where it was: of a classifier, the top-1 agreement. NaN if no output has rows
    /// of two elements or more.
    /// </summary>
    public double Agreement => (double)_agreeing / _rows;

    /// <summary>
    /// The mean Kullback-Leibler divergence of a row where rows are distributions, else the squared error relative to the power.
    /// </summary>
    public double Loss => _areDistributions ? _divergence / Math.Max(_rows, 1) : _error / Math.Max(_power, double.Epsilon);

    /// <summary>Adds an output before and after.</summary>
    public void Add(NetworkValue before, NetworkValue after)
    {
        if (before.Elements.Length != after.Elements.Length)
            throw new ArgumentException("the outputs have different sizes", nameof(after));
        int columns = before.Shape.Length == 0 ? 1 : (int)before.Shape[^1];
        for (int start = 0; start < before.Elements.Length; start += columns)
            AddRow(before.Elements.AsSpan(start, columns), after.Elements.AsSpan(start, columns));
    }

    private void AddRow(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        double sum = 0;
        for (int i = 0; i < before.Length; i++)
        {
            double difference = (double)after[i] - before[i];
            _error += difference * difference;
            _power += (double)before[i] * before[i];
            sum += before[i];
            _areDistributions &= before[i] >= 0;
        }
        _areDistributions &= before.Length > 1 && Math.Abs(sum - 1) < DistributionTolerance;
        if (_areDistributions)
        {
            for (int i = 0; i < before.Length; i++)
            {
                if (before[i] > LeastProbability)
                    _divergence += before[i] * Math.Log(before[i] / Math.Max(after[i], LeastProbability));
            }
        }
        if (before.Length < 2)
            return;
        _rows++;
        if (IndexOfLargest(before) == IndexOfLargest(after))
            _agreeing++;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> row)
    {
        int largest = 0;
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i] > row[largest])
                largest = i;
        }
        return largest;
    }
}
