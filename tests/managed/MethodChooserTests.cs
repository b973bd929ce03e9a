using System.Runtime.InteropServices;
using Weightless.Encoder;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests;

public class MethodChooserTests
{
    [Fact]
    public void Without_a_budget_the_smallest_exact_method_is_chosen()
    {
        PreparedTensor tensor = Prepare(200, 300, density: 0.05);
        MethodChoice choice = MethodChooser.Choose(tensor, new EncoderOptions());
        Assert.Equal(Method.Context, choice.Encoded.Method);
        Assert.StartsWith("context takes ", choice.Reason, StringComparison.Ordinal);
        foreach (Method method in new[] { Method.Dense, Method.Csr })
            Assert.True(choice.Encoded.Bytes <= ModelEncoder.Encode(tensor, new EncoderOptions { Method = method }).Bytes);
    }

    [Fact]
    public void A_filter_stays_within_the_budget()
    {
        PreparedTensor tensor = Prepare(200, 300, density: 0.002);
        EncoderOptions options = new() { MaxFalsePositives = 0.2 };
        MethodChoice choice = MethodChooser.Choose(tensor, options);
        Assert.Equal(Method.Coupled, choice.Encoded.Method);
        MemoryStream stream = new();
        WlsWriter.Write(stream, [choice.Encoded]);
        using WlsFile file = WlsFile.Open(stream.ToArray());
        Assert.InRange(file.Tensors[0].CountFalsePositives(), 1, (long)(0.22 * 60_000));
    }

    [Fact]
    public void What_was_not_clustered_is_stored()
    {
        int[] values = [.. Enumerable.Range(1, 1000)];
        Tensor tensor = new("t", ElementType.I32, [10, 100], MemoryMarshal.AsBytes<int>(values).ToArray());
        MethodChoice choice = MethodChooser.Choose(ModelEncoder.Prepare(tensor, new EncoderOptions()), new EncoderOptions());
        Assert.Equal(Method.Stored, choice.Encoded.Method);
        Assert.NotEmpty(choice.Reason);
    }

    /// <summary>What makes stored elements usable in place is padding, and a bias's costs more than its codebook.</summary>
    [Fact]
    public void The_alignment_of_stored_elements_is_counted()
    {
        float[] values = [.. Enumerable.Range(1, 10).Select(i => i / 7f)];
        Tensor bias = new("bias", ElementType.F32, [10], MemoryMarshal.AsBytes<float>(values).ToArray());
        MethodChoice choice = MethodChooser.Choose(ModelEncoder.Prepare(bias, new EncoderOptions()), new EncoderOptions());
        Assert.NotEqual(Method.Stored, choice.Encoded.Method);
        Assert.True(WlsWriter.Measure([choice.Encoded]) < WlsWriter.Measure([EncodedTensor.Store(bias)]));
    }

    [Fact]
    public void Clustered_values_that_no_method_makes_smaller_are_stored()
    {
        byte[] data = new byte[10_000];
        new Random(5).NextBytes(data);
        Tensor tensor = new("t", ElementType.I8, [100, 100], data);
        EncodedTensor encoded = MethodChooser.Choose(ModelEncoder.Prepare(tensor, new EncoderOptions()), new EncoderOptions()).Encoded;
        Assert.Equal(Method.Stored, encoded.Method);
        Assert.Equal(data, encoded.Section.ToArray());
    }

    private static PreparedTensor Prepare(int rows, int columns, double density)
    {
        Random random = new(5);
        float[] values = new float[rows * columns];
        // Every other row and two columns of three are dead.
        for (int i = 0; i < values.Length; i++)
            values[i] = i / columns % 2 == 0 && i % columns % 3 == 0 && random.NextDouble() < 6 * density ? random.Next(1, 5) : 0;
        Tensor tensor = new("t", ElementType.F32, [rows, columns], MemoryMarshal.AsBytes<float>(values).ToArray());
        return ModelEncoder.Prepare(tensor, new EncoderOptions());
    }
}
