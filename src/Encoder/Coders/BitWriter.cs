using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weightless.Encoder.Models;

namespace Weightless.Encoder.Coders;

/// <summary>Grows a section: whole bytes, varints, or bits, lowest first.</summary>
internal sealed class BitWriter
{
    private byte[] _bytes = new byte[256];
    private int _length;
    private ulong _buffer;
    private int _count;

    /// <summary>Bytes so far; bits that fill no byte yet do not count.</summary>
    public int Length => _length;

    public void WriteByte(byte value)
    {
        if (_length == _bytes.Length)
            Grow(1);
        _bytes[_length++] = value;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length)
            Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void WriteValue<T>(T value) where T : unmanaged => WriteBytes(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Bytes that <see cref="WriteVarint"/> takes for it.</summary>
    public static int VarintBytes(ulong value) => Math.Max(1, (BitOperations.Log2(value) + 7) / 7);

    /// <summary>Unsigned LEB128.</summary>
    public void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            WriteByte((byte)(value | 0x80));
        WriteByte((byte)value);
    }

    /// <summary>Appends the lowest <paramref name="bits"/> (at most 32) bits of a value that has no others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBits(uint value, int bits)
    {
        _buffer |= (ulong)value << _count;
        _count += bits;
        if (_count >= 32)
            FlushWord();
    }

    /// <summary>Fills the last byte with zero bits.</summary>
    public void AlignToByte()
    {
        for (; _count > 0; _count -= 8)
        {
            WriteByte((byte)_buffer);
            _buffer >>= 8;
        }
        _count = 0;
    }

    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    private void FlushWord()
    {
        WriteValue((uint)_buffer);
        _buffer >>= 32;
        _count -= 32;
    }

    private void Grow(int atLeast)
    {
        long wanted = Math.Max((long)_length + atLeast, Math.Min(_bytes.Length * 2L, Array.MaxLength));
        if (wanted > Array.MaxLength)
            throw new ModelLimitException("a tensor would take 2 GiB or more encoded");
        Array.Resize(ref _bytes, (int)wanted);
    }
}
