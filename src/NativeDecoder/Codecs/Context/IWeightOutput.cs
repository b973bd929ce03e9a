namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>Where the weights of a row go that are not its background, with which the caller has filled it.</summary>
internal interface IWeightOutput
{
    void Write(ulong column, int symbol);
}

/// <summary>A row of output elements.</summary>
internal unsafe struct RowOutput<T>(T* row, T* table) : IWeightOutput where T : unmanaged
{
    public T* Row = row;

    public readonly void Write(ulong column, int symbol) => Row[column] = table[symbol];
}

/// <summary>For rows before a band, and for encoding.</summary>
internal readonly struct NoOutput : IWeightOutput
{
    public void Write(ulong column, int symbol)
    {
    }
}
