using System.Text;
using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Xunit.Abstractions;

namespace Weightless.Tests.Skeleton;

/// <summary>Files without tensors: all of them is skeleton.</summary>
public class SkeletonTests(ITestOutputHelper output)
{
    public static TheoryData<string, int> Kinds => new()
    {
        { "text", 0 }, { "text", 1 }, { "text", 2 }, { "text", 3 }, { "text", 70_000 }, { "noise", 5_000 }, { "noise", 300 }, { "zeros", 100_000 },
        // Beyond a block of the parser, and beyond the window.
        { "periodic", 40_000 }, { "text", 400_000 }, { "noise twice", 600_000 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_bytes_come_back(string kind, int length)
    {
        byte[] bytes = Make(kind, length);
        using WlsFile file = Encode(bytes);
        file.Verify();
        Assert.Equal(bytes, Rebuilding.All(file));
    }

    [Theory]
    [InlineData("zeros", 100_000, 40)]
    [InlineData("periodic", 40_000, 400)]
    public void What_repeats_takes_next_to_nothing(string kind, int length, int most)
    {
        using WlsFile file = Encode(Make(kind, length));
        Assert.InRange(file.Bytes, 1, most);
    }

    /// <summary>Where there is nothing to find, little is lost.</summary>
    [Fact]
    public void Noise_grows_by_less_than_8_percent()
    {
        using WlsFile file = Encode(Make("noise", 20_000));
        Assert.InRange(file.Bytes, 20_000, 21_600);
    }

    [Fact]
    public void Bytes_of_any_repetitions_come_back() =>
        Gen.Select(Gen.Select(Gen.Int[1, 300], Gen.Int[1, 400], Gen.Byte[0, 5]).Array[0, 60], Gen.Int[0, 1 << 20]).Sample(
            (pieces, seed) =>
            {
                List<byte> bytes = [];
                foreach ((int distance, int length, byte value) in pieces)
                {
                    for (int i = 0; i < length; i++)
                        bytes.Add(distance <= bytes.Count && value > 0 ? bytes[^distance] : (byte)(seed * i >> 7));
                }
                using WlsFile file = Encode([.. bytes]);
                Assert.Equal([.. bytes], Rebuilding.All(file));
            }, iter: RandomCases.Count(200, "skeletons", output));

    [Fact]
    public void Every_changed_byte_of_a_section_is_a_status_or_other_bytes()
    {
        byte[] bytes = Make("text", 600);
        using WlsFile whole = Encode(bytes);
        MemoryStream stream = new();
        WlsWriter.Write(stream, [], EncodedSkeleton.Of(new ModelSource(bytes, [])));
        byte[] file = stream.ToArray();
        for (int at = file.Length - (int)whole.SkeletonBytes + 6; at < file.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. file];
                damaged[at] ^= (byte)(1 << bit);
                using WlsFile opened = WlsFile.Open(damaged);
                Assert.Throws<ModelFormatException>(opened.Verify);
                try
                {
                    if (opened.ModelBytes < 1 << 20)
                        Rebuilding.All(opened);
                }
                catch (ModelFormatException)
                {
                    // A status, and nothing but one.
                }
            }
        }
    }

    private static WlsFile Encode(byte[] bytes) => WlsFile.Of([], EncodedSkeleton.Of(new ModelSource(bytes, [])));

    private static byte[] Make(string kind, int length)
    {
        Random random = new(length);
        byte[] bytes = new byte[length];
        switch (kind)
        {
            case "noise":
                random.NextBytes(bytes);
                break;
            case "noise twice":
                random.NextBytes(bytes.AsSpan(0, length / 2));
                bytes.AsSpan(0, length - length / 2).CopyTo(bytes.AsSpan(length / 2));
                break;
            case "periodic":
                for (int i = 0; i < length; i++)
                    bytes[i] = (byte)(i % 37 * (i % 37));
                break;
            case "text":
                StringBuilder text = new();
                while (text.Length < length)
                    text.Append($"/block.{random.Next(12)}/conv_{random.Next(300)}/Relu_output_0\n\u0005");
                Encoding.ASCII.GetBytes(text.ToString(0, length)).CopyTo(bytes, 0);
                break;
        }
        return bytes;
    }
}
