using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.Encoder.Codecs;

/// <summary>
/// Which rows or columns of a matrix are alive, that is, have a symbol other than 0: the encoder's side of <see cref="BitMask"/>,
/// with the same bits.
/// </summary>
internal sealed class AliveMask
{
    private readonly byte[] _bits;

    private AliveMask(int length)
    {
        Length = length;
        _bits = new byte[BitMask.Bytes((ulong)length)];
    }

    /// <summary>How many rows or columns there are.</summary>
    public int Length { get; }

    /// <summary>How many of them are dead.</summary>
    public int Dead { get; private set; }

    public bool this[int index] => (_bits[index >> 3] >> (index & 7) & 1) != 0;

    /// <summary>The masks of a matrix of symbols, row by row.</summary>
    public static (AliveMask Rows, AliveMask Columns) Find(ReadOnlySpan<byte> symbols, int rows, int columns)
    {
        AliveMask aliveRows = new(rows);
        AliveMask aliveColumns = new(columns);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> left = symbols.Slice(row * columns, columns);
            int column = -1;
            for (int gap; (gap = left.IndexOfAnyExcept((byte)0)) >= 0; left = left[(gap + 1)..])
            {
                column += gap + 1;
                aliveColumns.Set(column);
                aliveRows.Set(row);
            }
        }
        aliveRows.CountDead();
        aliveColumns.CountDead();
        return (aliveRows, aliveColumns);
    }

    /// <summary>Writes the bits as <see cref="BitMask.TryRead"/> reads them.</summary>
    public void Write(BitWriter section) => section.WriteBytes(_bits);

    /// <summary>Writes the bits into a mask of the decoder's.</summary>
    public void CopyTo(BitMask mask)
    {
        mask.Clear((ulong)Length);
        for (int i = 0; i < Length; i++)
            mask.Set((ulong)i, this[i] ? 1u : 0);
    }

    private void Set(int index) => _bits[index >> 3] |= (byte)(1 << (index & 7));

    private void CountDead()
    {
        Dead = Length;
        foreach (byte bits in _bits)
            Dead -= byte.PopCount(bits);
    }
}
