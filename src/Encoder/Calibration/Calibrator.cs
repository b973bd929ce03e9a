using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Encoder.Calibration;

/// <summary>Runs a network on inputs and tells for each layer what it reads, and how much its error costs.</summary>
internal static class Calibrator
{
    /// <param name="runs">The inputs of each run; every other one goes to the second half.</param>
    /// <param name="report">Told what is done, and how many of how many steps.</param>
    public static IReadOnlyList<LayerStatistics> Run(OnnxReader model, IReadOnlyList<NetworkLayer> layers,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> runs, Action<string, int, int> report)
    {
        LayerSampler[] samplers = [.. layers.Select(layer => new LayerSampler(layer))];
        HashSet<string> shown = [.. model.Graph.Inputs.Concat(model.Graph.Outputs).Select(value => value.Name)];
        string[] watched = [.. layers.Select(layer => layer.Input).Distinct().Where(name => !shown.Contains(name))];
        using (NetworkSession session = new(model.Bytes.Span, watched))
        {
            for (int run = 0; run < runs.Count; run++)
            {
                report("running the network", run, runs.Count);
                Dictionary<string, NetworkValue> values = session.Run(runs[run]);
                int half = run % 2;
                Parallel.ForEach(samplers, sampler =>
                {
                    if (values.TryGetValue(sampler.Layer.Input, out NetworkValue? value))
                        sampler.Add(value.Elements, value.Shape, half);
                    else if (runs[run].TryGetValue(sampler.Layer.Input, out Tensor? input))
                        sampler.Add(MemoryMarshal.Cast<byte, float>(input.Data.Span), [.. input.Shape], half);
                });
            }
        }

        Dictionary<string, Tensor> tensors = model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Sensitivity sensitivity = new(model, runs);
        List<LayerStatistics> statistics = [];
        for (int i = 0; i < samplers.Length; i++)
        {
            NetworkLayer layer = samplers[i].Layer;
            report("rounding one layer at a time", i, samplers.Length);
            (Hessian first, Hessian second) = samplers[i].ToHessians();
            samplers[i] = null!;
            if (first.Images + second.Images == 0)
                continue;
            float[] weights = layer.View.ToMatrix(MemoryMarshal.Cast<byte, float>(tensors[layer.Weight].Data.Span));
            double cost = sensitivity.Of(layer, weights, Hessian.Sum(first, second));
            statistics.Add(new LayerStatistics(layer.Weight, cost, () => (first, second)));
        }
        return statistics;
    }
}
