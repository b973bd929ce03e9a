using System.Globalization;
using Weightless.Encoder;
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
{
    string path = Path.Join(folder, count++.ToString("d4", CultureInfo.InvariantCulture));
    using FileStream stream = File.Create(path);
    WlsWriter.Write(stream, tensors);
    // The harness takes its decisions from the last bytes.
    byte[] script = new byte[random.Next(12, 65)];
    random.NextBytes(script);
    stream.Write(script);
}
Console.WriteLine($"{count} files");
return 0;
