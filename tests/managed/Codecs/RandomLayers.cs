using CsCheck;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;
using Facts = Weightless.NativeDecoder.Format.Methods;

namespace Weightless.Tests.Codecs;

/// <summary>Clustered layers of random shapes, densities and codebooks.</summary>
internal static class RandomLayers
{
    /// <summary>All methods that encode ids.</summary>
    public static readonly Method[] Methods =
        [.. Facts.All.ToArray().Where(facts => facts.CodesIds).Select(facts => facts.Method)];

    public static readonly Coder[] Coders = [.. Enumerable.Range(0, Facts.CoderNames.Length).Select(coder => (Coder)coder)];

    /// <summary>The coders that a method takes.</summary>
    public static Coder[] CodersOf(Method method) => [.. Facts.Of(method).Coders];

    /// <summary>Whether a method gives back what it was given; the others make false positives of some zeros.</summary>
    public static bool IsExact(Method method) => Facts.Of(method).IsExact;

    /// <summary>Every method with every coder, for a theory.</summary>
    public static TheoryData<Method, Coder> Systems
    {
        get
        {
            TheoryData<Method, Coder> systems = [];
            foreach (Method method in Methods)
            {
                foreach (Coder coder in CodersOf(method))
                    systems.Add(method, coder);
            }
            return systems;
        }
    }

    public static readonly Gen<ClusteredTensor> Any =
        from rows in Gen.Int[0, 40]
        from columns in Gen.Int[0, 70]
        from clusters in Gen.OneOf(Gen.Int[1, 9], Gen.Int[1, 255])
        from density in Gen.OneOf(Gen.Double[0, 0.1], Gen.Double[0, 1], Gen.Const(1.0), Gen.Const(0.0))
        from seed in Gen.Int
        select Make(rows, columns, clusters, density, seed);

    public static ClusteredTensor Make(int rows, int columns, int clusters, double density, int seed,
        ElementType type = ElementType.F32)
    {
        Random random = new(seed);
        byte[] ids = new byte[rows * columns];
        foreach (ref byte id in ids.AsSpan())
            id = random.NextDouble() < density ? (byte)random.Next(1, clusters + 1) : (byte)0;
        uint[] centroids = new uint[ids.Any(id => id != 0) ? clusters : 0];
        for (int i = 0; i < centroids.Length; i++)
            centroids[i] = Palette.Convert(BitConverter.SingleToUInt32Bits(i - 100.5f), ElementType.F32, type);
        return new ClusteredTensor("layer", type, [rows, columns], ids, centroids);
    }
}
