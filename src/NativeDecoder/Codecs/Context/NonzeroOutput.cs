namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>Shows weights to a visitor as they come, where the background is zero.</summary>
internal unsafe struct NonzeroOutput<T, TVisitor>(Nonzeros<T, TVisitor> nonzeros, T* table) : IWeightOutput
    where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
{
    public Nonzeros<T, TVisitor> Nonzeros = nonzeros;

    /// <summary>The row's.</summary>
    public ulong FirstWeight;

    public void Write(ulong column, int symbol) => Nonzeros.Add(FirstWeight + column, table[symbol]);
}
