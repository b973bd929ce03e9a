namespace Weightless.Encoder.Quantization.Grid;

/// <summary>The probability of a one: the mean of one estimate that follows the last bits and one that counts nearly all.</summary>
internal struct AdaptiveProbability
{
    private const int Steps = 4096;
    private const float FastRate = 1 / 32f;
    private const float SlowRate = 1 / 500f;

    private static readonly float[] Costs = MakeCosts();

    private float _fast;
    private float _slow;
    private float _seen;

    public static AdaptiveProbability Even => new() { _fast = 0.5f, _slow = 0.5f };

    /// <summary>The bits that a one or a zero takes.</summary>
    public readonly float Bits(bool one)
    {
        int scaled = (int)((_fast + _slow) * (Steps / 2) + 0.5f);
        return Costs[one ? scaled : Steps - scaled];
    }

    public void Learn(bool one)
    {
        _seen++;
        float rate = 1 / (_seen + 1.5f);
        float target = one ? 1 : 0;
        _fast += (target - _fast) * Math.Max(rate, FastRate);
        _slow += (target - _slow) * Math.Max(rate, SlowRate);
    }

    private static float[] MakeCosts()
    {
        float[] costs = new float[Steps + 1];
        for (int i = 0; i <= Steps; i++)
            costs[i] = -MathF.Log2(Math.Max(i, 1) / (float)Steps);
        return costs;
    }
}
