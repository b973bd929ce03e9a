using Weightless.Encoder;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Xunit.Abstractions;

namespace Weightless.Tests.Codecs;

/// <summary>What real networks come down to.</summary>
public class ContextNetworkTests(ITestOutputHelper output)
{
    [SharedFact(SharedData.DnsLeNet)]
    public void DNS_LeNet_takes_fewer_bytes_than_any_published_figure()
    {
        List<EncodedTensor> tensors = Encode(SharedData.Find(SharedData.DnsLeNet)!, strength: 9, clusters: 9);
        Assert.InRange(tensors.Single(tensor => tensor.Name == "ip1.weight").Bytes, 1, 3200);
        Assert.InRange(tensors.Single(tensor => tensor.Name == "ip2.weight").Bytes, 1, 400);
        Assert.InRange(WlsWriter.Measure(tensors), 1, 4200);
    }

    /// <summary>A network that the model was not tuned on. Byte counts are exact, so that a change of the coder is noticed.</summary>
    [Theory]
    [InlineData(1, 7547, 1315, 270)]
    [InlineData(5, 6039, 1283, 271)]
    [InlineData(9, 5894, 1281, 271)]
    public void The_bundled_LeNet_takes_what_it_took(int strength, int fc0, int fc1, int fc2)
    {
        string path = Path.Combine(SharedData.Repository()!, "examples/models/lenet300100-magnitude.npz");
        List<EncodedTensor> tensors = Encode(path, strength, clusters: null);
        Assert.Equal([fc0, fc1, fc2], [.. tensors.Where(tensor => tensor.Name.EndsWith("weight", StringComparison.Ordinal)).Select(tensor => (int)tensor.Bytes)]);
    }

    private List<EncodedTensor> Encode(string path, int strength, int? clusters)
    {
        using ModelFile model = ModelFile.Open(path);
        EncoderOptions options = new() { Method = Method.Context, Clusters = clusters, Strength = strength };
        List<EncodedTensor> tensors = [];
        List<PreparedTensor> prepared = [];
        foreach (Tensor tensor in model.Tensors)
        {
            prepared.Add(ModelEncoder.Prepare(tensor, options));
            tensors.Add(ModelEncoder.Encode(prepared[^1], options, tensors));
            output.WriteLine($"{tensor.Name} {tensors[^1].Method} {tensors[^1].Bytes} bytes, {tensors[^1].Section.Length} section");
        }

        MemoryStream stream = new();
        WlsWriter.Write(stream, tensors);
        output.WriteLine($"file {stream.Length} bytes");
        using WlsFile file = WlsFile.Open(stream.ToArray());
        file.Verify();
        for (int i = 0; i < tensors.Count; i++)
        {
            if (prepared[i].Clustered is { } clustered && tensors[i].Method != Method.Stored)
                Assert.Equal(clustered.Ids, file.Tensors[i].Decode(ElementType.Id8));
        }
        return tensors;
    }
}
