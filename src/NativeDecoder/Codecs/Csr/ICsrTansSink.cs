using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>Where the tokens of a band go. A position is one more than the place of a weight in its band.</summary>
internal interface ICsrTansSink
{
    /// <summary>Whether it takes four more.</summary>
    bool HasRoom { get; }

    /// <summary>Takes one of the four, by its number.</summary>
    void Put(int number, nuint position, ulong entry);

    /// <summary>To be called behind so many tokens, at most four.</summary>
    void Advance(int tokens);
}

/// <summary>A stretch of output elements, cleared before.</summary>
/// <param name="element">The one at position 0, which does not exist.</param>
internal readonly unsafe struct CsrTansElements<T>(T* element) : ICsrTansSink where T : unmanaged
{
    public bool HasRoom => true;

    /// <summary>An escape writes zero where nothing is yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int number, nuint position, ulong entry)
    {
        uint value = (uint)(entry >> CsrTansTable.ValueShift);
        element[position] = *(T*)&value;
    }

    public void Advance(int tokens)
    {
    }
}

/// <summary>Lists of places and values, escapes among them with the value zero.</summary>
internal unsafe struct CsrTansList<T>(uint* places, T* values, uint* end) : ICsrTansSink where T : unmanaged
{
    private uint* _places = places;
    private T* _values = values;

    /// <summary>Behind the last place.</summary>
    public readonly uint* Places => _places;

    public readonly bool HasRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _places < end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Put(int number, nuint position, ulong entry)
    {
        uint value = (uint)(entry >> CsrTansTable.ValueShift);
        _places[number] = (uint)position - 1;
        _values[number] = *(T*)&value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int tokens)
    {
        _places += tokens;
        _values += tokens;
    }
}

/// <summary>Nowhere: for what lies before the rows that are asked for.</summary>
internal readonly struct CsrTansNowhere : ICsrTansSink
{
    public bool HasRoom => true;

    public void Put(int number, nuint position, ulong entry)
    {
    }

    public void Advance(int tokens)
    {
    }
}
