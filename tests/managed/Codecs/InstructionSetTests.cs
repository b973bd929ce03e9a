using System.Text;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.Tests.Codecs;

public unsafe class InstructionSetTests
{
    /// <summary>A variant that the machine has is taken by its name; any other word leaves the best.</summary>
    [Theory]
    [InlineData("scalar", nameof(InstructionSet.Scalar))]
    [InlineData("vector128", nameof(InstructionSet.Vector128))]
    [InlineData("neon", nameof(InstructionSet.Neon))]
    [InlineData("avx2", nameof(InstructionSet.Avx2))]
    [InlineData("avx512", null)]
    [InlineData("Scalar", null)]
    [InlineData("scalar ", null)]
    [InlineData("", null)]
    public void The_environment_names_a_variant(string value, string? expected)
    {
        InstructionSet named = expected is null ? InstructionSets.Best : Enum.Parse<InstructionSet>(expected);
        fixed (byte* bytes = Encoding.UTF8.GetBytes(value + '\0'))
        {
            Assert.Equal(InstructionSets.IsAvailable(named) ? named : InstructionSets.Best, InstructionSets.Choose(bytes));
        }
    }

    [Fact]
    public void Without_a_name_the_best_is_taken()
    {
        Assert.Equal(InstructionSets.Best, InstructionSets.Choose(null));
        Assert.True(InstructionSets.IsAvailable(InstructionSets.Best));
    }
}
