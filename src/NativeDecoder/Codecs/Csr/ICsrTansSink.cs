using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>Where the tokens of a band go. A position is one more than the place of a weight in its band.</summary>
internal interface ICsrTansSink<T> where T : unmanaged
{
    /// <summary>Takes four; an escape is a zero.</summary>
    void Put(nuint p0, nuint p1, nuint p2, nuint p3, T v0, T v1, T v2, T v3);

    /// <summary>Takes one.</summary>
    void Put(nuint position, T value);
}

/// <summary>A stretch of output elements, cleared before: an escape writes zero where nothing is yet.</summary>
/// <param name="element">The one at position 0, which does not exist.</param>
internal readonly unsafe struct CsrTansElements<T>(T* element) : ICsrTansSink<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(nuint p0, nuint p1, nuint p2, nuint p3, T v0, T v1, T v2, T v3)
    {
        element[p0] = v0;
        element[p1] = v1;
        element[p2] = v2;
        element[p3] = v3;
    }

    public void Put(nuint position, T value) => element[position] = value;
}

/// <summary>A visitor of non-zeros.</summary>
internal readonly unsafe struct CsrTansVisitor<T, TVisitor>(TVisitor* visitor) : ICsrTansSink<T>
    where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(nuint p0, nuint p1, nuint p2, nuint p3, T v0, T v1, T v2, T v3) => visitor->Visit(p0, p1, p2, p3, v0, v1, v2, v3);

    public void Put(nuint position, T value) => visitor->Visit(position, value);
}

/// <summary>Nowhere: for what lies before the rows that are asked for.</summary>
internal readonly struct CsrTansNowhere : ICsrTansSink<byte>
{
    public void Put(nuint p0, nuint p1, nuint p2, nuint p3, byte v0, byte v1, byte v2, byte v3)
    {
    }

    public void Put(nuint position, byte value)
    {
    }
}
