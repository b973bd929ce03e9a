using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Tflite;
using Weightless.Encoder.Wls;

namespace Weightless.Encoder.Cli;

/// <summary>The model that a .wls file was encoded from, written again.</summary>
internal static class RebuiltModel
{
    private const string Onnx = ".onnx";
    private const string Tflite = ".tflite";
    private const int MagicBytes = 8;

    /// <summary>Whether the name is of a format that can only be written this way.</summary>
    public static bool Names(string output) => Path.GetExtension(output) is Onnx or Tflite;

    public static void Write(WlsFile file, string path, string output, Progress progress)
    {
        string extension = Path.GetExtension(output);
        if (!file.HasModel)
            throw new CommandException($"{path}: has tensors only, and no {extension[1..]} model to rebuild");
        bool isTflite = FileErrors.Naming(path, () => TfliteReader.Recognizes(file.ModelStart(MagicBytes)));
        if (isTflite != (extension == Tflite))
            throw new CommandException($"{path}: has {(isTflite ? "a TFLite" : "an ONNX")} model, and no {extension[1..]} model to rebuild");
        progress.Expect(FileErrors.Naming(path, () => file.ModelBytes));
        progress.Begin($"rebuilding {Path.GetFileName(output)}", file.ModelBytes);
        FileErrors.Naming(output, () =>
        {
            using var atomic = new AtomicFile(output);
            try
            {
                file.Rebuild(atomic.Stream, bytes => progress.Advance(bytes));
            }
            catch (ModelException e)
            {
                // The fault of the input, met while the output is written.
                throw new CommandException($"{path}: {e.Message}", e);
            }
            atomic.Commit();
        });
    }
}
