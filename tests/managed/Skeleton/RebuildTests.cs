using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Golden;
using Xunit.Abstractions;

namespace Weightless.Tests.Skeleton;

/// <summary>The golden files that have a model, which has tensors of every method.</summary>
public class RebuildTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. GoldenFiles.Models];

    private static byte[] Expected(string name) => File.ReadAllBytes(Path.Join(GoldenFiles.Folder, name + ".model"));

    private static WlsFile Open(string name) => WlsFile.Open(Path.Join(GoldenFiles.Folder, name + ".wls"));

    [Theory]
    [MemberData(nameof(Names))]
    public void In_order_or_not_any_range_is_that_of_the_model(string name)
    {
        byte[] expected = Expected(name);
        using WlsFile file = Open(name);
        Rebuilding model = new(file);
        Assert.Equal((ulong)expected.Length, model.Bytes);
        foreach (int step in new[] { 1, 7, 64, 1000, expected.Length })
        {
            for (int first = 0; first < expected.Length; first += step)
            {
                int count = Math.Min(step, expected.Length - first);
                Assert.Equal(expected[first..(first + count)], model.Read((ulong)first, (ulong)count));
            }
        }
        Gen.Select(Gen.Int[0, expected.Length], Gen.Int[0, 300], Gen.Int[0, 7]).Sample((first, count, touched) =>
        {
            count = Math.Min(count, expected.Length - first);
            // What was written there since is noticed.
            if (touched == 0)
                model.Workspace[first * 31 % model.Workspace.Length] ^= 4;
            Assert.Equal(expected[first..(first + count)], model.Read((ulong)first, (ulong)count));
        }, iter: RandomCases.Count(300, $"ranges of {name}", output), threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_beyond_the_end_or_too_much_is_refused(string name)
    {
        using WlsFile file = Open(name);
        Rebuilding model = new(file);
        Assert.Equal(Status.Ok, model.TryRead(model.Bytes, 0, []));
        Assert.Equal(Status.Rows, model.TryRead(model.Bytes, 1, new byte[1]));
        Assert.Equal(Status.Rows, model.TryRead(ulong.MaxValue, 2, new byte[2]));
        Assert.Equal(Status.Rows, model.TryRead(1, ulong.MaxValue, new byte[1]));
        Assert.Equal(Status.DstSize, model.TryRead(0, 2, new byte[1]));
    }

    [Fact]
    public void A_file_of_tensors_alone_has_no_model()
    {
        using WlsFile file = WlsFile.Open(Path.Join(GoldenFiles.Folder, "v1-mixed.wls"));
        Assert.False(file.HasModel);
        Assert.Equal("the file has no model to rebuild", Assert.Throws<ModelFormatException>(() => file.ModelBytes).Message);
    }
}
