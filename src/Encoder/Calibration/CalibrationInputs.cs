using Weightless.Encoder.Models;

namespace Weightless.Encoder.Calibration;

/// <summary>
/// What a network is run on: an .npz, or a folder of .npy files. An array is named as an input, and its first dimension goes
/// over images; NAME.SUFFIX is one of several for the same input, as where images differ in size. All arrays of a suffix are
/// one batch. An array of whatever name goes to the input of a network that has but one.
/// </summary>
internal sealed class CalibrationInputs : IDisposable
{
    // Of images that can be cut apart.
    private const int LargestBatch = 16;

    private readonly List<ModelFile> _files;

    private CalibrationInputs(List<ModelFile> files, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> runs)
    {
        _files = files;
        Runs = runs;
    }

    /// <summary>For each run of the network, its inputs.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, Tensor>> Runs { get; }

    /// <param name="inputs">The network's inputs and their dimensions.</param>
    /// <exception cref="ModelFormatException">They are not what the network reads.</exception>
    public static CalibrationInputs Open(string path, IReadOnlyDictionary<string, int[]> inputs)
    {
        List<ModelFile> files = [];
        try
        {
            if (FileKinds.Of(path) == FileKind.Folder)
            {
                foreach (string file in Directory.EnumerateFiles(path, "*.npy").Order(StringComparer.Ordinal))
                    files.Add(ModelFile.Open(file));
            }
            else
            {
                files.Add(ModelFile.Open(path));
            }
            List<IReadOnlyDictionary<string, Tensor>> runs = [];
            foreach (Dictionary<string, Tensor> batch in Batches(files.SelectMany(file => file.Tensors), inputs))
                runs.AddRange(Cut(batch, inputs));
            return runs.Count > 0 ? new CalibrationInputs(files, runs) : throw new ModelFormatException("there are no inputs in it");
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static SortedDictionary<string, Dictionary<string, Tensor>>.ValueCollection Batches(IEnumerable<Tensor> arrays, IReadOnlyDictionary<string, int[]> inputs)
    {
        SortedDictionary<string, Dictionary<string, Tensor>> batches = new(StringComparer.Ordinal);
        foreach (Tensor array in arrays)
        {
            string? input = inputs.Keys.Where(name => array.Name == name || array.Name.StartsWith(name + '.', StringComparison.Ordinal))
                .MaxBy(name => name.Length);
            string suffix = input is null ? array.Name : array.Name[input.Length..];
            input ??= inputs.Count == 1 ? inputs.Keys.Single() : throw new ModelFormatException(
                $"the array {ModelFormatException.Quote(array.Name)} is named after no input of the network: "
                + string.Join(", ", inputs.Keys.Select(ModelFormatException.Quote)));
            if (!batches.TryGetValue(suffix, out Dictionary<string, Tensor>? batch))
                batches.Add(suffix, batch = new(StringComparer.Ordinal));
            batch[input] = array;
        }
        foreach (Dictionary<string, Tensor> batch in batches.Values)
        {
            if (inputs.Keys.FirstOrDefault(name => !batch.ContainsKey(name)) is { } missing)
                throw new ModelFormatException($"there is no array for the network's input {ModelFormatException.Quote(missing)}");
        }
        return batches.Values;
    }

    /// <summary>Runs of as many images as the network takes at a time; arrays of different lengths stay together.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, Tensor>> Cut(Dictionary<string, Tensor> batch, IReadOnlyDictionary<string, int[]> inputs)
    {
        long images = batch.Values.First().Rows;
        long size = LargestBatch;
        foreach (int[] dimensions in inputs.Values)
        {
            if (dimensions is [> 0 and int fixedSize, ..])
                size = fixedSize;
        }
        if (batch.Values.Any(array => array.Shape.Count == 0 || array.Rows != images) || images <= size)
        {
            yield return batch;
            yield break;
        }
        for (long first = 0; first + size <= images; first += size)
        {
            long start = first;
            yield return batch.ToDictionary(array => array.Key, array => Slice(array.Value, start, size), StringComparer.Ordinal);
        }
    }

    private static Tensor Slice(Tensor array, long first, long count)
    {
        int row = array.ByteLength / (int)array.Rows;
        long[] shape = [count, .. array.Shape.Skip(1)];
        return new Tensor(array.Name, array.Type, shape, () => array.Data.Slice((int)first * row, (int)count * row));
    }
}
