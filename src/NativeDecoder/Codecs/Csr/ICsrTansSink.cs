using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>Where the tokens of a band go. A position is one more than the place of a weight in its band.</summary>
internal interface ICsrTansSink<T> where T : unmanaged
{
    /// <summary>Whether it takes four more.</summary>
    bool HasRoom { get; }

    /// <summary>Takes four; an escape is a zero.</summary>
    void Put(nuint p0, nuint p1, nuint p2, nuint p3, T v0, T v1, T v2, T v3);

    /// <summary>Takes one.</summary>
    void Put(nuint position, T value);
}

/// <summary>A stretch of output elements, cleared before: an escape writes zero where nothing is yet.</summary>
/// <param name="element">The one at position 0, which does not exist.</param>
internal readonly unsafe struct CsrTansElements<T>(T* element) : ICsrTansSink<T> where T : unmanaged
{
    public bool HasRoom => true;

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

/// <summary>Lists of positions and values, escapes among them.</summary>
/// <param name="end">Four before the end of the first list.</param>
internal unsafe struct CsrTansList(uint* positions, uint* values, uint* end) : ICsrTansSink<uint>
{
    private uint* _positions = positions;
    private uint* _values = values;

    /// <summary>Behind the last position.</summary>
    public readonly uint* Positions => _positions;

    public readonly bool HasRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _positions <= end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(nuint p0, nuint p1, nuint p2, nuint p3, uint v0, uint v1, uint v2, uint v3)
    {
        _positions[0] = (uint)p0;
        _positions[1] = (uint)p1;
        _positions[2] = (uint)p2;
        _positions[3] = (uint)p3;
        _values[0] = v0;
        _values[1] = v1;
        _values[2] = v2;
        _values[3] = v3;
        _positions += 4;
        _values += 4;
    }

    public void Put(nuint position, uint value)
    {
        *_positions++ = (uint)position;
        *_values++ = value;
    }
}

/// <summary>Nowhere: for what lies before the rows that are asked for.</summary>
internal readonly struct CsrTansNowhere : ICsrTansSink<byte>
{
    public bool HasRoom => true;

    public void Put(nuint p0, nuint p1, nuint p2, nuint p3, byte v0, byte v1, byte v2, byte v3)
    {
    }

    public void Put(nuint position, byte value)
    {
    }
}
