using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Coders;

/// <summary>Takes the symbols of a section one by one.</summary>
internal interface ISymbolSink
{
    void Write(int alphabet, uint symbol);
}

/// <summary>What a method makes of a tensor: symbols that can be gone through more than once.</summary>
internal interface ISymbolSource
{
    Alphabets Alphabets { get; }

    void WriteTo<TSink>(ref TSink sink) where TSink : struct, ISymbolSink;
}

internal static class SymbolCoder
{
    /// <summary>Codes all symbols of a source and appends them to a section.</summary>
    public static void Write<TSource>(in TSource source, Coder coder, BitWriter output) where TSource : struct, ISymbolSource
    {
        switch (coder)
        {
            case Coder.None:
                FixedWidthEncoder.Write(source, output);
                break;
            case Coder.Huffman:
                HuffmanEncoder.Write(source, output);
                break;
            default:
                ArithmeticEncoder.Write(source, output);
                break;
        }
    }
}
