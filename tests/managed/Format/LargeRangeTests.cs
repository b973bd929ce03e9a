using System.IO.Hashing;
using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Format;

/// <summary>Ranges that no span holds.</summary>
public sealed unsafe class LargeRangeTests : IDisposable
{
    private const int Piece = 1 << 30;

    // Untouched pages of it take no memory.
    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed((nuint)2 * Piece + 100);

    public void Dispose() => NativeMemory.Free(_memory);

    /// <summary>As docs/format.md has it: the hash of a piece is the seed of the next.</summary>
    [Fact]
    public void A_section_of_2_GiB_is_hashed_in_pieces()
    {
        _memory[5] = 1;
        _memory[Piece + 5L] = 2;
        _memory[2L * Piece + 5] = 3;
        ulong first = XxHash3.HashToUInt64(new ReadOnlySpan<byte>(_memory, Piece));
        ulong second = XxHash3.HashToUInt64(new ReadOnlySpan<byte>(_memory + Piece, Piece), (long)first);
        ulong third = XxHash3.HashToUInt64(new ReadOnlySpan<byte>(_memory + 2L * Piece, 100), (long)second);
        Assert.Equal(third, Model.Hash(_memory, (nuint)2 * Piece + 100));
        Assert.Equal(XxHash3.HashToUInt64(new ReadOnlySpan<byte>(_memory, int.MaxValue)), Model.Hash(_memory, int.MaxValue));
    }

    [Fact]
    public void An_output_of_more_than_2_to_the_30_elements_is_cleared_and_filled_to_its_end()
    {
        const ulong count = Piece + 50;
        Output<byte> output = new(_memory, count);
        output.Fill(7);
        Assert.Equal(new byte[] { 7, 0 }, new ReadOnlySpan<byte>(_memory + count - 1, 2).ToArray());
        Assert.False(new ReadOnlySpan<byte>(_memory, Piece).ContainsAnyExcept((byte)7));
        Assert.False(new ReadOnlySpan<byte>(_memory + Piece, 50).ContainsAnyExcept((byte)7));
        _memory[count] = 9;
        output.Clear();
        Assert.False(new ReadOnlySpan<byte>(_memory, Piece).ContainsAnyExcept((byte)0));
        Assert.Equal(50, new ReadOnlySpan<byte>(_memory + Piece, 51).IndexOfAnyExcept((byte)0));
    }
}
