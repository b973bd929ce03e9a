using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Cli;

/// <summary>Small models for the command line.</summary>
internal static class TestModels
{
    public static string Write(this Models.TemporaryFolder folder, string name, params Tensor[] tensors)
    {
        ModelWriter.Write(folder[name], tensors);
        return folder[name];
    }

    public static Tensor Floats(string name, long[] shape, params float[] values) =>
        new(name, ElementType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A layer with a tenth of its weights left, of a few values or each of its own.</summary>
    public static Tensor Sparse(string name, int rows, int columns, int values)
    {
        Random random = new(rows * columns + values);
        float[] weights = new float[rows * columns];
        foreach (ref float weight in weights.AsSpan())
        {
            if (random.Next(10) == 0)
                weight = (1 + random.Next(values)) / 1024f;
        }
        return Floats(name, [rows, columns], weights);
    }

    /// <summary>Two layers that are coded as they are, a bias and integers.</summary>
    public static Tensor[] Network() =>
    [
        Sparse("fc1.weight", 40, 50, 9),
        Floats("fc1.bias", [4], 0.1f, -0.2f, 0.3f, 0.4f),
        Sparse("fc2.weight", 10, 40, 7),
        new("scale", ElementType.I64, [2], new byte[16]),
    ];
}
