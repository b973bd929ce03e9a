using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>What there is to know of an encoded tensor, as <c>--json</c> prints it.</summary>
/// <param name="FalsePositives">Null if they were not counted.</param>
internal sealed record TensorReport(string Name, IReadOnlyList<long> Shape, string Method, string Coder, long Weights,
    long Nonzeros, int Clusters, int CellBits, long EncodedBytes, long DenseBytes, double Factor, long? FalsePositives)
{
    public static TensorReport Of(WlsTensor tensor, long? falsePositives) => new(tensor.Name, tensor.Shape,
        Names.Of(tensor.Method), Names.Of(tensor.Coder), tensor.Weights, tensor.Nonzeros, tensor.Clusters, tensor.CellBits,
        tensor.EncodedBytes, tensor.DenseBytes, tensor.DenseBytes == 0 ? 0 : (double)tensor.DenseBytes / tensor.EncodedBytes,
        falsePositives);

    /// <param name="bytes">All that the file holds for it.</param>
    public static TensorReport Of(EncodedTensor tensor, long bytes, long falsePositives)
    {
        long denseBytes = tensor.Weights * ElementTypes.Size(tensor.Type);
        return new(tensor.Name, tensor.Shape, Names.Of(tensor.Method), Names.Of(tensor.Coder), tensor.Weights,
            (long)tensor.Facts.Nonzeros, tensor.Facts.Clusters, tensor.Facts.CellBits, bytes, denseBytes,
            denseBytes == 0 ? 0 : (double)denseBytes / bytes, falsePositives);
    }
}

/// <summary>What there is to know of a file.</summary>
/// <param name="SkeletonBytes">Those of the model that are no tensor's, as the file holds them; 0 if it does not.</param>
internal sealed record FileReport(long FileBytes, long SkeletonBytes, IReadOnlyList<TensorReport> Tensors)
{
    // A few bytes may announce as many weights as they like, and a filter has to be decoded to count what is in it.
    private const long FreeWeights = 1 << 22;
    private const long WeightsPerByte = 256;

    /// <summary>Describes an open file; filters are decoded to count their false positives.</summary>
    /// <param name="isOurs">Whether we wrote it: of another, no more weights are decoded than its bytes may honestly be for.</param>
    public static FileReport Of(WlsFile file, bool isOurs, Progress progress)
    {
        List<TensorReport> reports = [];
        long left = isOurs ? long.MaxValue : FreeWeights + WeightsPerByte * file.Bytes;
        foreach (WlsTensor tensor in file.Tensors)
        {
            progress.Begin($"counting false positives of {tensor.Name}", tensor.Weights);
            bool isFilter = tensor.CellBits > 0;
            bool isCounted = !isFilter || tensor.Weights <= left;
            if (isFilter && isCounted)
                left -= tensor.Weights;
            reports.Add(TensorReport.Of(tensor, isCounted ? tensor.CountFalsePositives() : null));
        }
        return new FileReport(file.Bytes, file.SkeletonBytes, reports);
    }

    /// <summary>Describes the file of encoded tensors without looking at it; filters are decoded to count their false positives.</summary>
    public static FileReport Of(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton, Progress progress)
    {
        WlsLayout layout = new(tensors, skeleton);
        List<TensorReport> reports = [];
        foreach (EncodedTensor tensor in tensors)
        {
            progress.Begin($"counting false positives of {tensor.Name}", tensor.Weights);
            reports.Add(TensorReport.Of(tensor, tensor.Bytes + layout.Paddings[reports.Count], tensor.CountFalsePositives()));
        }
        return new FileReport(layout.FileBytes, skeleton is null ? 0 : skeleton.EntryBytes + skeleton.Section.Length, reports);
    }

    public void WriteJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(this, Json.Default.FileReport));

    public void WriteText(string path, Terminal terminal)
    {
        TextTable table = new("tensor", "shape", "method", "coder", ">non-zeros", ">K", ">bytes", ">factor", ">false positives");
        foreach (TensorReport tensor in Tensors)
        {
            bool isClustered = Methods.All.ToArray().Any(facts => facts.CodesIds && facts.Name == tensor.Method);
            table.Add(tensor.Name, Names.Of(tensor.Shape), tensor.Method, tensor.Coder,
                isClustered ? $"{tensor.Nonzeros}" : "-", isClustered ? $"{tensor.Clusters}" : "-", $"{tensor.EncodedBytes}",
                Factor(tensor.Factor), tensor.CellBits == 0 ? "-" : tensor.FalsePositives?.ToString(CultureInfo.InvariantCulture) ?? "not counted");
        }
        terminal.Write(table);
        if (SkeletonBytes > 0)
            terminal.Output.WriteLine($"The rest of the model, which can be rebuilt: {SkeletonBytes} bytes");
        long denseBytes = Tensors.Sum(tensor => tensor.DenseBytes);
        terminal.Output.WriteLine(
            $"{Terminal.Printable(path)}: {FileBytes} bytes in place of {denseBytes} ({Factor((double)denseBytes / FileBytes)})");
    }

    public static string Factor(double factor) => $"{factor:0.0}x";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(FileReport))]
internal sealed partial class Json : JsonSerializerContext;
