namespace Weightless.Encoder.Synthesis;

/// <summary>
/// The random numbers of a seed, the same on every machine and in every version of .NET (Steele, Lea and Flood 2014).
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong x = _state += 0x9e3779b97f4a7c15;
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
        x = (x ^ x >> 27) * 0x94d049bb133111eb;
        return x ^ x >> 31;
    }

    /// <summary>A number below a limit that is small beside 2^64, each as likely as the next.</summary>
    public ulong Below(ulong limit) => Math.BigMul(Next(), limit, out _);
}
