namespace Weightless.NativeDecoder.Codecs;

/// <summary>Is shown the weights that are not zero, in order, and zeros among them.</summary>
/// <typeparam name="T">Four bytes that hold an element.</typeparam>
internal interface INonzeroVisitor<T> where T : unmanaged
{
    /// <param name="origin">
    /// The weight, row by row, from which places are counted from now on; modulo 2^64, for it can be one before the first.
    /// </param>
    void Begin(ulong origin);

    void Visit(nuint place, T value);

    /// <summary>Four at a time.</summary>
    void Visit(nuint p0, nuint p1, nuint p2, nuint p3, T v0, T v1, T v2, T v3);
}
