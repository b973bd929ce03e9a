namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>The loops by the instruction set that runs, the weights of a word and the size of an element.</summary>
internal static unsafe class WordsKernels
{
    /// <summary>A loop for <see cref="WordsRun.Iterations"/>; null where the scalar reference does it all.</summary>
    public static delegate*<WordsRun*, void> Choose(InstructionSet set, int wordLength, int elementSize) => set switch
    {
        InstructionSet.Scalar => null,
        InstructionSet.Sse or InstructionSet.Avx2 => ByTwo(wordLength, wordLength * elementSize),
        _ => ByFour(wordLength, wordLength * elementSize),
    };

    private static delegate*<WordsRun*, void> ByTwo(int wordLength, int wordBytes) => (wordLength, wordBytes) switch
    {
        (1, 1) => &WordsByTwo.Elements<byte>,
        (1, 2) => &WordsByTwo.Elements<ushort>,
        (1, _) => &WordsByTwo.Pairs,
        (_, 4) => &WordsByTwo.Words<Word4>,
        (_, 8) => &WordsByTwo.Words<Word8>,
        (_, 16) => &WordsByTwo.Words<Word16>,
        (_, 32) => &WordsByTwo.Words<Word32>,
        _ => &WordsByTwo.Words<Word64>,
    };

    private static delegate*<WordsRun*, void> ByFour(int wordLength, int wordBytes) => (wordLength, wordBytes) switch
    {
        (1, 1) => &WordsByFour.Elements<byte>,
        (1, 2) => &WordsByFour.Elements<ushort>,
        (1, _) => &WordsByFour.Pairs,
        (_, 4) => &WordsByFour.Words<Word4>,
        (_, 8) => &WordsByFour.Words<Word8>,
        (_, 16) => &WordsByFour.Words<Word16>,
        (_, 32) => &WordsByFour.Words<Word32>,
        _ => &WordsByFour.Words<Word64>,
    };
}
