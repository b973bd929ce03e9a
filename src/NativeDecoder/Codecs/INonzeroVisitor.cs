namespace Weightless.NativeDecoder.Codecs;

/// <summary>Is shown the weights that are not zero, in order, some at a time.</summary>
internal unsafe interface INonzeroVisitor
{
    /// <param name="first">The weight, row by row, from which places are counted; modulo 2^64, for it may be one before the first.</param>
    /// <param name="places">Ascending, below 2^31.</param>
    /// <param name="values">The bits of their elements. Some may be zero all the same.</param>
    void Visit(ulong first, uint* places, uint* values, int count);
}
