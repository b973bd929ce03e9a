namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>The loops by the instruction set that runs, the weights of a word and the size of an element.</summary>
internal static unsafe class WordsKernels
{
    /// <summary>A loop for <see cref="WordsRun.Iterations"/>; null where the scalar reference does it all.</summary>
    public static delegate*<WordsRun*, void> Choose(InstructionSet set, int wordLength, int elementSize)
    {
        if (set == InstructionSet.Scalar)
            return null;
        if (wordLength == 1)
        {
            return elementSize switch
            {
                1 => &WordsLoops.Elements<byte>,
                2 => &WordsLoops.Elements<ushort>,
                _ => &WordsLoops.Pairs,
            };
        }
        return (wordLength * elementSize) switch
        {
            4 => &WordsLoops.Words<Word4>,
            8 => &WordsLoops.Words<Word8>,
            16 => &WordsLoops.Words<Word16>,
            32 => &WordsLoops.Words<Word32>,
            _ => &WordsLoops.Words<Word64>,
        };
    }
}
