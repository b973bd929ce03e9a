namespace Weightless.Encoder.Quantization.Grid;

/// <summary>Keeps the mean of each row's output where it was: b += (W - Q) h / H_11, h the sums of the inputs.</summary>
internal static class BiasCorrection
{
    public static float[] Of(GridLayer layer, Curvature curvature, Steps steps, ReadOnlySpan<short> integers)
    {
        float[] changes = new float[layer.Rows];
        float[] errors = new float[layer.Columns];
        for (int row = 0; row < layer.Rows; row++)
        {
            LayerQuantizer.Errors(layer, steps, row, integers.Slice(row * layer.Columns, layer.Columns), errors);
            changes[row] = curvature.BiasFor(layer.GroupOf(row, curvature.Groups), errors);
        }
        return changes;
    }
}
