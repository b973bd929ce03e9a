using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Quantization.Grid;

/// <summary>Biases on a grid of 12 to 16 bits: coarser ones were seen to harm, though a bias is one number a row.</summary>
internal static class BiasGrid
{
    private const int FewestSteps = (1 << 11) - 1;
    private const int MostSteps = short.MaxValue;

    /// <param name="wanted">The step that the price of a bit asks for; the range of the integers goes first.</param>
    public static GridTensor Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values, double wanted)
    {
        float largest = 0;
        foreach (float value in values)
            largest = Math.Max(largest, MathF.Abs(value));
        double step = largest == 0 ? 1 : Math.Clamp(wanted, largest / (double)MostSteps, largest / (double)FewestSteps);
        short[] integers = new short[values.Length];
        for (int i = 0; i < integers.Length; i++)
            integers[i] = (short)Math.Clamp(Math.Round(values[i] / step), -MostSteps, MostSteps);
        return new GridTensor(name, ElementType.F32, shape, integers, (float)step, 0, []);
    }

    /// <summary>What an ideal code of single values needs: its table of values included, at two bytes each.</summary>
    public static double Bits(GridTensor tensor)
    {
        double bits = 32;
        foreach (IGrouping<short, short> value in tensor.Integers.GroupBy(integer => integer))
            bits += value.Count() * Math.Log2((double)tensor.Integers.Length / value.Count());
        double plain = 32 + tensor.Integers.Length * Math.Log2(2.0 * Math.Max(tensor.Integers.Max(value => Math.Abs((int)value)), 1) + 1);
        return Math.Min(bits + 16 * tensor.Integers.Distinct().Count(), plain);
    }
}
