using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>The stream of gaps and ids, and the non-zero that was read last and lies ahead.</summary>
internal struct CsrStream<TSymbols> where TSymbols : unmanaged, ISymbolDecoder
{
    private const ulong NoMore = ulong.MaxValue;

    public TSymbols Symbols;

    /// <summary>Where the non-zero lies; beyond every weight after the last.</summary>
    public ulong Index;

    /// <summary>Non-zeros behind that one.</summary>
    public ulong Left;

    public uint Largest;
    public uint Id;
    public bool Broken;

    /// <summary>Goes to the next non-zero, at least to <paramref name="from"/>.</summary>
    public void Advance(ulong from, ulong weights, uint filler)
    {
        Index = NoMore;
        if (Left == 0)
            return;
        Left--;
        uint gap = Symbols.Read(CsrCodec.Gap);
        while (gap == filler && from < weights && !Symbols.RanOver)
        {
            from += filler;
            gap = Symbols.Read(CsrCodec.Gap);
        }
        from += gap;
        Id = Symbols.Read(CsrCodec.Id);
        Largest = Math.Max(Largest, Id);
        if (from < weights && !Symbols.RanOver)
            Index = from;
        else
            Broken = true;
    }
}
