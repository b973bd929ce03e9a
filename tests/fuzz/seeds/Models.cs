using System.Globalization;
using System.Text;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;

namespace Weightless.Seeds;

/// <summary>Models that tensors may have come from.</summary>
internal static class Models
{
    /// <summary>Lines of text, and between them the elements of most of the tensors.</summary>
    public static ModelSource Of(IReadOnlyList<EncodedTensor> tensors, Random random)
    {
        using WlsFile file = WlsFile.Of(tensors);
        List<byte> bytes = [];
        List<Extent?> places = [];
        foreach (WlsTensor tensor in file.Tensors)
        {
            for (int lines = random.Next(4); lines > 0; lines--)
                bytes.AddRange(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"layer {random.Next(100)}: {tensor.Name}\n")));
            bool isHere = random.Next(5) > 0;
            places.Add(isHere ? new Extent(bytes.Count, (int)tensor.DenseBytes) : null);
            if (isHere)
                bytes.AddRange(tensor.Decode(tensor.Type));
        }
        bytes.AddRange("the end"u8[..random.Next(8)]);
        return new ModelSource(bytes.ToArray(), places);
    }
}
