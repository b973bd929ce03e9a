using System.Globalization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Seeds;

// weightless-seeds FOLDER: writes the files that fuzzing begins with.
if (args is not [string folder])
{
    Console.Error.WriteLine("usage: Weightless.Seeds FOLDER");
    return 2;
}

Directory.CreateDirectory(folder);
Random random = new(20240607);
int count = 0;
foreach (IReadOnlyList<EncodedTensor> tensors in ValidFiles.All(random).Concat(NearlyValidFiles.All(random)))
    Write(Bytes(tensors));
for (int i = 0; i < 100; i++)
{
    // Damage to header and directory; the harness mends the checksums.
    byte[] file = Bytes(ValidFiles.Mixed(random, 1 + random.Next(3)));
    for (int j = random.Next(1, 4); j > 0; j--)
        file[random.Next(Math.Min(file.Length, 48))] = (byte)(random.Next(3) switch { 0 => 0xff, 1 => 0x80, _ => random.Next(256) });
    Write(file[..^random.Next(random.Next(4) == 0 ? file.Length : 1)]);
}
for (int length = 1; length < Model.FixedHeaderBytes + 2; length++)
    File.WriteAllBytes(Name("short"), Bytes([])[..length]);
foreach (IReadOnlyList<EncodedTensor> tensors in ValidFiles.Large(random))
    File.WriteAllBytes(Name("large"), Bytes(tensors));
for (int i = 0; i < 60; i++)
{
    // Whole, and with damage to the skeleton, which is the last section, and to its place.
    EncodedTensor[] tensors = i == 0 ? [] : [.. ValidFiles.Mixed(random, 1 + random.Next(4))];
    EncodedSkeleton skeleton = EncodedSkeleton.Of(Models.Of(tensors, random));
    byte[] file = Bytes(tensors, skeleton);
    for (int j = i % 3 == 0 ? 0 : random.Next(1, 4); j > 0; j--)
        file[^(random.Next(i % 3 == 1 ? skeleton.Section.Length : Math.Min(skeleton.Section.Length, 12 + tensors.Length)) + 1)] = (byte)(random.Next(3) switch { 0 => 0xff, 1 => 0, _ => random.Next(256) });
    Write(file);
}
Console.WriteLine($"{count} files");
return 0;

static byte[] Bytes(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null)
{
    using MemoryStream stream = new();
    WlsWriter.Write(stream, tensors, skeleton);
    return stream.ToArray();
}

// The harness takes its decisions from the last bytes.
void Write(byte[] file)
{
    byte[] script = new byte[random.Next(12, 65)];
    random.NextBytes(script);
    File.WriteAllBytes(Name("seed"), [.. file, .. script]);
}

string Name(string kind) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{count++:d4}"));
