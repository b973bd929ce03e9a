namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>Shows weights to a visitor as they come, where the background is zero.</summary>
internal unsafe struct NonzeroOutput<TVisitor>(Nonzeros<TVisitor> nonzeros, uint* table) : IWeightOutput
    where TVisitor : unmanaged, INonzeroVisitor
{
    public Nonzeros<TVisitor> Nonzeros = nonzeros;

    /// <summary>The row's.</summary>
    public ulong FirstWeight;

    public void Write(ulong column, int symbol) => Nonzeros.Add(FirstWeight + column, table[symbol]);
}
