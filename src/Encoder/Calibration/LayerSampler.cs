using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Encoder.Calibration;

/// <summary>Takes what a layer read and sums it for each of two halves of the inputs, which check each other.</summary>
internal sealed class LayerSampler(NetworkLayer layer)
{
    // More positions of an image are much alike.
    private const int MostPositions = 400;

    private readonly HessianSum[] _halves = [.. Enumerable.Range(0, 2).Select(_ => new HessianSum(layer.View.Groups, layer.View.Columns))];

    public NetworkLayer Layer { get; } = layer;

    /// <param name="shape">Of the value that the layer reads; images first.</param>
    /// <param name="half">0 or 1.</param>
    /// <exception cref="ModelFormatException">The value does not fit the layer.</exception>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, int half)
    {
        HessianSum sum = _halves[half];
        if (Layer.Window is { } window)
            AddWindows(values, shape, window, sum);
        else
            AddRows(values, shape, sum);
    }

    public (Hessian First, Hessian Second) ToHessians() => (_halves[0].ToHessian(), _halves[1].ToHessian());

    private void AddRows(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, HessianSum sum)
    {
        int columns = Layer.View.Columns;
        if (shape.Length == 0 || shape[^1] != columns)
            throw Unfit();
        int images = shape.Length > 1 ? (int)shape[0] : 1;
        int positions = images == 0 ? 0 : values.Length / columns / images;
        sum.Images += images;
        for (int image = 0; image < images; image++)
        {
            int taken = Math.Min(positions, MostPositions);
            for (int sample = 0; sample < taken; sample++)
            {
                ReadOnlySpan<float> row = values.Slice((image * positions + Spread(sample, taken, positions)) * columns, columns);
                sum.Begin();
                for (int j = 0; j < columns; j++)
                    sum.Set(0, j, row[j]);
            }
        }
    }

    private void AddWindows(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, ConvolutionWindow window, HessianSum sum)
    {
        int size = window.Size;
        int groups = Layer.View.Groups;
        int groupChannels = Layer.View.Columns / Math.Max(size, 1);
        if (shape.Length != window.Kernel.Length + 2 || shape[1] != groups * groupChannels)
            throw Unfit();
        int[] input = [.. shape[2..].ToArray().Select(extent => (int)extent)];
        int channelSize = input.Aggregate(1, (product, extent) => product * extent);
        int images = (int)shape[0];
        (int[] positions, int[] before) = window.Over(input);
        int count = positions.Aggregate(1, (product, extent) => product * extent);
        int[] position = new int[positions.Length];
        int[] offsets = new int[size];
        sum.Images += images;
        for (int image = 0; image < images; image++)
        {
            int taken = Math.Min(count, MostPositions);
            for (int sample = 0; sample < taken; sample++)
            {
                int rest = Spread(sample, taken, count);
                for (int d = positions.Length - 1; d >= 0; d--)
                {
                    position[d] = rest % positions[d];
                    rest /= positions[d];
                }
                window.Offsets(input, before, position, offsets);
                sum.Begin();
                for (int channel = 0; channel < groups * groupChannels; channel++)
                {
                    ReadOnlySpan<float> plane = values.Slice((image * groups * groupChannels + channel) * channelSize, channelSize);
                    int group = channel / groupChannels;
                    int column = channel % groupChannels * size;
                    for (int k = 0; k < size; k++)
                    {
                        if (offsets[k] >= 0)
                            sum.Set(group, column + k, plane[offsets[k]]);
                    }
                }
            }
        }
    }

    /// <summary>Evenly spread positions.</summary>
    private static int Spread(int sample, int taken, int count) => (int)((2L * sample + 1) * count / (2L * taken));

    private ModelFormatException Unfit() =>
        new($"what the layer of {ModelFormatException.Quote(Layer.Weight)} reads does not have the shape that its weights need");
}
