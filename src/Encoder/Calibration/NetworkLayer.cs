namespace Weightless.Encoder.Calibration;

/// <summary>A layer of an ONNX graph whose weights can be chosen by what it reads: Conv, Gemm or MatMul with constant weights.</summary>
/// <param name="Weight">The name of its weight tensor.</param>
/// <param name="Input">The name of the value that it reads.</param>
/// <param name="Window">Of a convolution; null for a product.</param>
/// <param name="RowScales">What the batch norm behind it multiplies each row by; null if there is none.</param>
/// <param name="Bias">The tensor that takes a change of the rows' means; null if the graph has no place for it.</param>
/// <param name="BiasIsBehindNorm">Whether that is the batch norm's beta, so that changes are scaled as the rows are.</param>
internal sealed record NetworkLayer(
    string Weight, string Input, WeightView View, ConvolutionWindow? Window, float[]? RowScales, string? Bias, bool BiasIsBehindNorm)
{
    /// <summary>What a row's squared error counts: the squared scale of its norm, floored, as a dead channel has none.</summary>
    public double[] RowImportance()
    {
        double[] importance = new double[View.Rows];
        if (RowScales is null)
        {
            Array.Fill(importance, 1);
            return importance;
        }
        const double least = 1e-6;
        double mean = RowScales.Average(scale => (double)scale * scale);
        for (int row = 0; row < importance.Length; row++)
            importance[row] = Math.Max((double)RowScales[row] * RowScales[row], least * mean) is > 0 and double square ? square : 1;
        return importance;
    }
}
