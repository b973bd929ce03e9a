using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Abi;
using Weightless.Tests.Golden;
using Xunit.Abstractions;

namespace Weightless.Tests.Differential;

/// <summary>
/// Random layers for tests/differential/layers.c, which decodes them on other machines: a folder with NAME.wls, and
/// NAME.expected with the hashes of what the managed build makes of each tensor.
/// </summary>
[Trait("Cases", "Random")]
public class LayersForOtherMachinesTests(ITestOutputHelper output)
{
    // wl_find_tensor and its like walk the directory.
    private const int LayersPerFile = 50;

    private static string Folder => Path.Join(SharedData.Repository(), "artifacts", "layers");

    [Fact]
    public void They_are_written_with_what_they_decode_to_here()
    {
        Directory.CreateDirectory(Folder);
        foreach (string old in Directory.EnumerateFiles(Folder, "layers-*"))
            File.Delete(old);
        int layers = RandomCases.Count(500, "layers written for other machines", output);
        for (int first = 0; first < layers; first += LayersPerFile)
        {
            byte[] file = GoldenFiles.Bytes(Encode(Math.Min(LayersPerFile, layers - first)));
            string path = Path.Join(Folder, $"layers-{first / LayersPerFile:d4}");
            File.WriteAllBytes(path + ".wls", file);
            File.WriteAllText(path + ".expected", Digest(file));
        }
    }

    /// <summary>Layers, of which the context method makes use for those behind, and a stored tensor of each type with any bits.</summary>
    private static EncodedTensor[] Encode(int count)
    {
        List<EncodedTensor> encoded = [];
        foreach (LayerCase layer in LayerCase.Any.Array[count].Single())
            encoded.Add(layer.Encode(layer.Make() with { Name = $"{encoded.Count}: {layer}" }, encoded));
        foreach (ElementType type in Enum.GetValues<ElementType>().Where(type => type != ElementType.Id8))
        {
            byte[] data = RandomNumberGenerator.GetBytes(7 * 40 * ElementTypes.Size(type));
            encoded.Add(EncodedTensor.Store(new Tensor($"stored {type}", type, [7, 40], data)));
        }
        return [.. encoded];
    }

    /// <summary>A line for each tensor and output type: XXH3 of the elements, of the sparse rows, and of the product with floats.</summary>
    private static string Digest(byte[] file)
    {
        StringBuilder lines = new();
        using LibraryModel model = new(Library.Managed, file);
        for (uint tensor = 0; tensor < model.Count; tensor++)
        {
            TensorFacts info = model.Info(tensor);
            foreach (ElementType type in Reference.Outputs((ElementType)info.Type, (Method)info.Method))
            {
                Sparse sparse = model.DecodeCsr(tensor, type);
                lines.Append(CultureInfo.InvariantCulture, $"{tensor} {(uint)type} {Hash(model.Decode(tensor, type))}");
                lines.Append(CultureInfo.InvariantCulture, $" {Hash(sparse.RowOffsets)} {Hash(sparse.Columns)} {Hash(sparse.Values)}");
                if (type == ElementType.F32)
                    lines.Append(CultureInfo.InvariantCulture, $" {Hash(model.Multiply(tensor, Reference.Input((int)info.Columns)))}");
                lines.Append('\n');
            }
        }
        return lines.ToString();
    }

    private static string Hash<T>(T[] values) where T : unmanaged =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values.AsSpan())).ToString("x16", CultureInfo.InvariantCulture);
}
