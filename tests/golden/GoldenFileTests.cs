using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;

namespace Weightless.Tests.Golden;

public class GoldenFileTests
{
    public static TheoryData<string> Names => [.. GoldenFiles.All().Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_golden_file_decodes_to_what_it_always_did(string name)
    {
        string path = Path.Join(GoldenFiles.Folder, name + ".wls");
        string expectedPath = Path.Join(GoldenFiles.Folder, name + ".expected");
        if (Environment.GetEnvironmentVariable("WEIGHTLESS_WRITE_GOLDEN") == "1" && !File.Exists(path))
            Write(name, path, expectedPath);

        using WlsFile file = WlsFile.Open(path);
        file.Verify();
        Assert.Equal(File.ReadAllBytes(expectedPath), Decoded(file));
        Assert.Equal(new FileInfo(path).Length, file.Bytes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_bit_flipped_and_checksum_mended_is_a_status_or_a_decode(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Join(GoldenFiles.Folder, name + ".wls"));
        for (int bit = 0; bit < 8 * Math.Min(bytes.Length, 1000); bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            Checksums.Mend(damaged);
            try
            {
                using WlsFile file = WlsFile.Open(damaged);
                foreach (WlsTensor tensor in file.Tensors)
                {
                    if (tensor.Weights < 1 << 20)
                        tensor.Decode(tensor.Type);
                }
                if (file.HasModel && file.ModelBytes < 1 << 20)
                    file.Rebuild(Stream.Null);
            }
            catch (ModelFormatException)
            {
                // A status, and nothing but one.
            }
        }
    }

    private static void Write(string name, string path, string expectedPath)
    {
        EncodedTensor[] tensors = GoldenFiles.All().First(golden => golden.Name == name).Tensors;
        ModelSource? model = GoldenFiles.Models.Contains(name) ? GoldenFiles.Model(tensors) : null;
        byte[] bytes = GoldenFiles.Bytes(tensors, model is null ? null : EncodedSkeleton.Of(model));
        if (model is not null)
            File.WriteAllBytes(Path.ChangeExtension(path, ".model"), model.File.ToArray());
        File.WriteAllBytes(path, bytes);
        using WlsFile file = WlsFile.Open(bytes);
        File.WriteAllBytes(expectedPath, Decoded(file));
    }

    private static byte[] Decoded(WlsFile file) => [.. file.Tensors.SelectMany(tensor => tensor.Decode(tensor.Type))];
}
