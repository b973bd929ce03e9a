using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;
using Xunit.Abstractions;

namespace Weightless.Tests.Quantization;

/// <summary>What k-means leaves of a real network whose layers have outliers: `make clustering-quality` prints it.</summary>
public class ClusteringQualityTests(ITestOutputHelper output)
{
    private const string Recognition = "data/ppocr/ch_PP-OCRv4_rec_infer.onnx";

    [SharedTheory(Recognition)]
    [InlineData(255, 42)]
    [InlineData(64, 29)]
    public void Outliers_do_not_cost_the_others_their_centroids(int clusters, double least)
    {
        double signal = 0;
        double noise = 0;
        long weights = 0;
        List<float[]> layers = OnnxWeights.Read(SharedData.Find(Recognition)!);
        Parallel.ForEach(layers, layer =>
        {
            Tensor tensor = new("w", ElementType.F32, [layer.Length, 1], MemoryMarshal.AsBytes<float>(layer).ToArray());
            ClusteredTensor clustered = Clusterer.TryCluster(tensor, null, clusters, out _)!;
            double square = 0;
            double error = 0;
            for (int i = 0; i < layer.Length; i++)
            {
                int id = clustered.Ids[i];
                double difference = layer[i] - (id == 0 ? 0 : BitConverter.UInt32BitsToSingle(clustered.Centroids[id - 1]));
                square += (double)layer[i] * layer[i];
                error += difference * difference;
            }
            lock (layers)
            {
                signal += square;
                noise += error;
                weights += layer.Length;
            }
        });
        double ratio = 10 * Math.Log10(signal / noise);
        output.WriteLine(FormattableString.Invariant(
            $"figure PP-OCR recognition, {weights} weights in {layers.Count} layers, K = {clusters}: SQNR {ratio:f1} dB"));
        Assert.InRange(ratio, least, 100);
    }
}
