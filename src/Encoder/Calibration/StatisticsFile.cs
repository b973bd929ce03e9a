using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization.Grid;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Calibration;

/// <summary>
/// Statistics as an .npz, so that other programs can write them by numpy alone. For each layer, under the name of its weight
/// tensor: <c>NAME/hessian</c>, f32 of 2 x groups x order x order, the sums of x x^T with a constant 1 behind each x, over two
/// halves of the inputs; <c>NAME/images</c>, i64 of 2, over how many images; <c>NAME/sensitivity</c>, f64 scalar. And
/// <c>weightless/statistics</c>, i64 scalar, the version of all this, 1.
/// </summary>
internal static class StatisticsFile
{
    private const string VersionName = "weightless/statistics";
    private const long Version = 1;
    private const string HessianSuffix = "/hessian";
    private const string ImagesSuffix = "/images";
    private const string SensitivitySuffix = "/sensitivity";

    public static bool IsOne(ModelFile file) => file.Tensors.Any(tensor => tensor.Name == VersionName);

    public static void Write(string path, IReadOnlyList<LayerStatistics> layers)
    {
        List<TensorSource> arrays = [Scalar(VersionName, ElementType.I64, BitConverter.GetBytes(Version))];
        foreach (LayerStatistics layer in layers)
        {
            (Hessian first, Hessian second) = layer.LoadHessians();
            long[] images = [first.Images, second.Images];
            arrays.Add(Scalar(layer.Weight + SensitivitySuffix, ElementType.F64, BitConverter.GetBytes(layer.Sensitivity)));
            arrays.Add(new TensorSource(layer.Weight + ImagesSuffix, ElementType.I64, [2],
                stream => stream.Write(MemoryMarshal.AsBytes(images.AsSpan()))));
            arrays.Add(new TensorSource(layer.Weight + HessianSuffix, ElementType.F32, [2, first.Groups, first.Order, first.Order], stream =>
            {
                stream.Write(MemoryMarshal.AsBytes(first.Values.AsSpan()));
                stream.Write(MemoryMarshal.AsBytes(second.Values.AsSpan()));
            }));
        }
        using AtomicFile file = new(path);
        NpzWriter.Write(file.Stream, arrays);
        file.Commit();
    }

    /// <summary>The layers of a file; their Hessians are read when asked for, while it is open.</summary>
    /// <exception cref="ModelFormatException">It is not such a file.</exception>
    public static IReadOnlyList<LayerStatistics> Read(ModelFile file)
    {
        Dictionary<string, Tensor> arrays = file.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        if (Array(arrays, VersionName, ElementType.I64, 0).Data.Span is var version && BitConverter.ToInt64(version) != Version)
            throw new ModelFormatException($"its statistics have version {BitConverter.ToInt64(version)}, not {Version}");
        List<LayerStatistics> layers = [];
        foreach (Tensor hessian in file.Tensors.Where(tensor => tensor.Name.EndsWith(HessianSuffix, StringComparison.Ordinal)))
        {
            string weight = hessian.Name[..^HessianSuffix.Length];
            if (hessian is not { Type: ElementType.F32, Shape: [2, >= 1, >= 2, _] } || hessian.Shape[2] != hessian.Shape[3])
                throw Unfit(hessian.Name);
            long[] images = MemoryMarshal.Cast<byte, long>(Array(arrays, weight + ImagesSuffix, ElementType.I64, 1).Data.Span).ToArray();
            double sensitivity = BitConverter.ToDouble(Array(arrays, weight + SensitivitySuffix, ElementType.F64, 0).Data.Span);
            if (images.Length != 2 || images[0] < 0 || images[1] < 0 || images[0] + images[1] <= 0 || !(sensitivity >= 0) || double.IsInfinity(sensitivity))
                throw Unfit(weight);
            layers.Add(new LayerStatistics(weight, sensitivity, () => Load(hessian, images)));
        }
        return layers;
    }

    /// <summary>
    /// The statistics of several runs as one: sums are added, and sensitivities are averaged over the images.
    /// </summary>
    public static IReadOnlyList<LayerStatistics> Sum(IReadOnlyList<IReadOnlyList<LayerStatistics>> runs)
    {
        if (runs.Count == 1)
            return runs[0];
        List<LayerStatistics> sums = [];
        foreach (IGrouping<string, LayerStatistics> layer in runs.SelectMany(run => run).GroupBy(layer => layer.Weight))
        {
            LayerStatistics[] parts = [.. layer];
            sums.Add(new LayerStatistics(layer.Key, parts.Average(part => part.Sensitivity), () =>
            {
                (Hessian first, Hessian second) = parts[0].LoadHessians();
                foreach (LayerStatistics part in parts.Skip(1))
                {
                    (Hessian more, Hessian evenMore) = part.LoadHessians();
                    first = Hessian.Sum(first, more);
                    second = Hessian.Sum(second, evenMore);
                }
                return (first, second);
            }));
        }
        return sums;
    }

    private static (Hessian First, Hessian Second) Load(Tensor tensor, long[] images)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.Data.Span);
        return (Half(tensor, values[..(values.Length / 2)], images[0]), Half(tensor, values[(values.Length / 2)..], images[1]));
    }

    private static Hessian Half(Tensor tensor, ReadOnlySpan<float> values, long images)
    {
        Hessian hessian = new((int)tensor.Shape[1], (int)tensor.Shape[2] - 1) { Images = images };
        values.CopyTo(hessian.Values);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw Unfit(tensor.Name);
        }
        return hessian;
    }

    private static TensorSource Scalar(string name, ElementType type, byte[] value) => new(name, type, [], stream => stream.Write(value));

    private static Tensor Array(Dictionary<string, Tensor> arrays, string name, ElementType type, int rank) =>
        arrays.TryGetValue(name, out Tensor? array) && array.Type == type && array.Shape.Count == rank && array.ByteLength > 0 ? array : throw Unfit(name);

    private static ModelFormatException Unfit(string name) =>
        new($"its statistics {ModelFormatException.Quote(name)} are missing or not what calibration writes");
}
