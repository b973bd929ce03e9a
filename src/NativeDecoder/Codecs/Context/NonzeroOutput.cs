namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>Shows weights to a visitor as they come, where the background is zero.</summary>
internal unsafe struct NonzeroOutput<T, TVisitor>(T* table, TVisitor* visitor) : IWeightOutput
    where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
{
    /// <summary>The row's.</summary>
    public ulong FirstWeight;

    public void Write(ulong column, int symbol) => visitor->Visit((nuint)(FirstWeight + column), table[symbol]);
}
