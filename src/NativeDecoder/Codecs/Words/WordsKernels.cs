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
                1 => &WordsSingles.Elements<byte>,
                2 => &WordsSingles.Elements<ushort>,
                _ => &WordsSingles.Pairs,
            };
        }
        return (wordLength * elementSize) switch
        {
            4 => &WordsLoop.Run<Word4>,
            8 => &WordsLoop.Run<Word8>,
            16 => &WordsLoop.Run<Word16>,
            32 => &WordsLoop.Run<Word32>,
            _ => &WordsLoop.Run<Word64>,
        };
    }
}
