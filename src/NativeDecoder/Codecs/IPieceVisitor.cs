namespace Weightless.NativeDecoder.Codecs;

/// <summary>Is shown a matrix piece by piece, in order: some whole rows, or part of one that begins at a multiple of 32.</summary>
internal unsafe interface IPieceVisitor<T> where T : unmanaged
{
    /// <param name="count">Columns of each of the rows.</param>
    /// <param name="elements">rows x count elements.</param>
    void Visit(ulong row, ulong column, ulong rows, ulong count, T* elements);
}
