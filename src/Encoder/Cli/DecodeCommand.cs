using System.CommandLine;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;

namespace Weightless.Encoder.Cli;

/// <summary><c>weightless decode</c>: a .wls file becomes a model again.</summary>
internal static class DecodeCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = Arguments.WlsFile();
        Option<string> output = Arguments.Output(
            "The model to write, in the format that its name ends in: .safetensors, .npz, or .npy for a single tensor; .onnx or .tflite for "
            + "the file that was encoded, if it was of that format.", "MODEL");
        Option<bool> force = Overwriting.Force();
        Command command = new("decode", "Decodes all tensors of a .wls file and writes them as a model.") { file, output, force };
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(force))
                Overwriting.Refuse(parsed.GetRequiredValue(output), parsed.GetRequiredValue(file));
            Run(parsed.GetRequiredValue(file), parsed.GetRequiredValue(output), terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Run(string path, string output, Terminal terminal) => terminal.Watch(progress =>
    {
        using WlsFile file = FileErrors.Naming(path, () => WlsFile.Open(path));
        FileErrors.Naming(path, file.Verify);
        if (RebuiltModel.Names(output))
        {
            RebuiltModel.Write(file, path, output, progress);
            return true;
        }
        progress.Expect(file.Tensors.Sum(tensor => tensor.DenseBytes));
        FileErrors.Naming(output, () => ModelWriter.Write(output, file.Tensors.Select(tensor => Source(tensor, path, progress))));
        return true;
    });

    private static TensorSource Source(WlsTensor tensor, string path, Progress progress) =>
        new(tensor.Name, tensor.Type, tensor.Shape, stream =>
        {
            progress.Begin($"decoding {tensor.Name}", tensor.DenseBytes);
            try
            {
                tensor.ForEachBand(tensor.Type, (_, elements) =>
                {
                    stream.Write(elements);
                    progress.Advance(elements.Length);
                });
            }
            catch (ModelException e)
            {
                // The fault of the input, met while the output is written.
                throw new CommandException($"{path}: {e.Message}", e);
            }
        });
}
