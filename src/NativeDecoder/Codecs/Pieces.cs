using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>Goes through a matrix piece by piece.</summary>
internal static unsafe class Pieces
{
    /// <summary>Bytes of the buffer on the stack.</summary>
    public const int Bytes = 4096;

    /// <summary>For codecs that decode any range of weights, whatever the rows.</summary>
    public static Status ForEach<TCodec, T, TVisitor>(in TCodec codec, ElementType output, byte* memory, TVisitor* visitor)
        where TCodec : unmanaged, ICodec<TCodec> where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        TensorEntry entry = codec.Entry;
        if (entry.Weights == 0)
            return Status.Ok;
        T* table = stackalloc T[Palette.TableLength];
        codec.FillTable(output, table);
        T* piece = stackalloc T[Bytes / sizeof(T)];
        ulong most = (ulong)(Bytes / sizeof(T));
        ulong columns = entry.Columns;
        ulong atOnce = Math.Max(most / columns, 1);
        Part part = Part.First;
        for (ulong row = 0; row < entry.Rows; row += atOnce)
        {
            ulong rows = Math.Min(atOnce, entry.Rows - row);
            for (ulong column = 0; column < columns; column += most)
            {
                ulong count = Math.Min(most, columns - column);
                WeightRange range = new(row * columns + column, rows * count, entry.Weights);
                Status status = codec.Decode(range, output, table, piece, memory, part);
                if (status != Status.Ok)
                    return status;
                visitor->Visit(row, column, rows, count, piece);
                part = Part.Later;
            }
        }
        return Status.Ok;
    }
}
