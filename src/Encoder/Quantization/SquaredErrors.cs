namespace Weightless.Encoder.Quantization;

/// <summary>
/// The mean and the squared error of any run of sorted values, each in two differences of prefix sums. The sums are of distances
/// from the median and run from there outwards: a huge value then takes precision from the runs beyond it alone.
/// </summary>
internal sealed class SquaredErrors
{
    private readonly double _median;
    private readonly double[] _distances;
    private readonly double[] _squares;

    public SquaredErrors(ReadOnlySpan<float> sorted)
    {
        _distances = new double[sorted.Length + 1];
        _squares = new double[sorted.Length + 1];
        int middle = sorted.Length / 2;
        _median = sorted.IsEmpty ? 0 : sorted[middle];
        for (int i = middle; i < sorted.Length; i++)
        {
            double distance = sorted[i] - _median;
            _distances[i + 1] = _distances[i] + distance;
            _squares[i + 1] = _squares[i] + distance * distance;
        }
        for (int i = middle - 1; i >= 0; i--)
        {
            double distance = sorted[i] - _median;
            _distances[i] = _distances[i + 1] - distance;
            _squares[i] = _squares[i + 1] - distance * distance;
        }
    }

    /// <summary>The number of values.</summary>
    public int Count => _distances.Length - 1;

    /// <summary>The mean of values [from, to), which are not none.</summary>
    public double Mean(int from, int to) => _median + (_distances[to] - _distances[from]) / (to - from);

    /// <summary>The sum of squared distances of values [from, to) from their mean.</summary>
    public double Error(int from, int to)
    {
        double sum = _distances[to] - _distances[from];
        return Math.Max(0, _squares[to] - _squares[from] - sum * sum / (to - from));
    }
}
