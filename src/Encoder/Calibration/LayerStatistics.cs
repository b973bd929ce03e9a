using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Encoder.Calibration;

/// <summary>What calibration found of a layer.</summary>
/// <param name="Weight">The name of its weight tensor.</param>
/// <param name="Sensitivity">Loss of the network's outputs for a unit of squared error.</param>
/// <param name="LoadHessians">Fetches the sums over two halves of the inputs.</param>
internal sealed record LayerStatistics(string Weight, double Sensitivity, Func<(Hessian First, Hessian Second)> LoadHessians);
