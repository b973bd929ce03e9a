using System.Runtime.InteropServices;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Networks;

/// <summary>Has a recognition network read lines of text.</summary>
/// <param name="keys">See <see cref="CharacterErrors"/>.</param>
internal sealed class Reading(IReadOnlyList<string> keys, IReadOnlyList<TextLine> lines)
{
    /// <summary>The characters read wrongly, in percent.</summary>
    public double Error(NetworkSession network)
    {
        string input = network.Inputs.Keys.Single();
        CharacterErrors errors = new(keys);
        foreach (TextLine line in lines)
        {
            Tensor pixels = new(input, ElementType.F32, [1, 3, TextLine.Height, line.Width], MemoryMarshal.AsBytes(line.Pixels.AsSpan()).ToArray());
            errors.Add(line.Text, network.Run(new Dictionary<string, Tensor> { [input] = pixels }).Values.Single().Elements);
        }
        return errors.Percent;
    }
}
