namespace Weightless.NativeDecoder.Format;

/// <summary>How a tensor is encoded; the numbers are those of the file and of <c>wl_tensor.method</c>.</summary>
public enum Method : byte
{
    Stored = 0,
    Dense = 1,
    Csr = 2,
    Bloomier = 3,
    Coupled = 4,
    Context = 5,
    Words = 6,
}

/// <summary>How a method's symbols are coded; the numbers are those of the file and of <c>wl_tensor.coder</c>.</summary>
public enum Coder : byte
{
    None = 0,
    Huffman = 1,
    Arithmetic = 2,
}

/// <summary>What is to be known of a method without opening its codec.</summary>
/// <remarks>
/// No record, and no array of coders: with what comes with these, boxed enums and their texts, the library would be a tenth larger.
/// </remarks>
public sealed class MethodFacts
{
    private readonly int _coders;

    internal MethodFacts(Method method, string name, int coders, bool isExact)
    {
        Method = method;
        Name = name;
        _coders = coders;
        IsExact = isExact;
    }

    public Method Method { get; }

    /// <summary>What it is called on the command line; <c>WL_METHOD_</c> and the name in capitals in the header.</summary>
    public string Name { get; }

    /// <summary>Whether every weight comes out as it was encoded; a filter's zeros may not.</summary>
    public bool IsExact { get; }

    /// <summary>The coders that its sections can have, by number, the plainest first.</summary>
    public IEnumerable<Coder> Coders
    {
        get
        {
            for (Coder coder = Coder.None; (int)coder < Methods.CoderNames.Length; coder++)
            {
                if (Takes(coder))
                    yield return coder;
            }
        }
    }

    /// <summary>Whether there is a coder to choose.</summary>
    public bool HasCoders => (_coders & (_coders - 1)) != 0;

    /// <summary>Whether its sections can have this coder.</summary>
    public bool Takes(Coder coder) => (_coders >> (int)coder & 1) != 0;
}

/// <summary>
/// The one table of methods: the directory's check, names, arguments, the encoder's choice and the generators of tests take
/// their lists from here.
/// </summary>
public static class Methods
{
    // Bits for the coders, by number.
    private const int None = 1 << (int)Coder.None;
    private const int Any = None | 1 << (int)Coder.Huffman | 1 << (int)Coder.Arithmetic;

    private static readonly MethodFacts[] s_all =
    [
        new(Method.Stored, "stored", None, isExact: true),
        new(Method.Dense, "dense", Any, isExact: true),
        new(Method.Csr, "csr", Any, isExact: true),
        new(Method.Bloomier, "bloomier", Any, isExact: false),
        new(Method.Coupled, "coupled", None, isExact: false),
        new(Method.Context, "context", None, isExact: true),
        new(Method.Words, "words", None, isExact: true),
    ];

    private static readonly string[] s_coderNames = ["none", "huffman", "arithmetic"];

    /// <summary>All methods, by number.</summary>
    public static ReadOnlySpan<MethodFacts> All => s_all;

    /// <summary>What coders are called on the command line, by number.</summary>
    public static ReadOnlySpan<string> CoderNames => s_coderNames;

    /// <summary>Whether this library knows both numbers.</summary>
    public static bool Knows(Method method, Coder coder) => (uint)method < (uint)s_all.Length && (uint)coder < (uint)s_coderNames.Length;

    public static MethodFacts Of(Method method) => s_all[(int)method];
}
