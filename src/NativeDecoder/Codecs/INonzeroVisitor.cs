namespace Weightless.NativeDecoder.Codecs;

/// <summary>Is shown the weights that are not zero, in order, some at a time.</summary>
internal unsafe interface INonzeroVisitor<T> where T : unmanaged
{
    /// <param name="first">The weight, counted row by row, from which the places are counted.</param>
    /// <param name="places">Ascending, below 2^31.</param>
    /// <param name="values">Their elements. Some may be zero all the same.</param>
    void Visit(ulong first, uint* places, T* values, int count);
}
