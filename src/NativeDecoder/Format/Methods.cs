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
}

/// <summary>How a method's symbols are coded; the numbers are those of the file and of <c>wl_tensor.coder</c>.</summary>
public enum Coder : byte
{
    None = 0,
    Huffman = 1,
    Arithmetic = 2,
}

/// <summary>What is to be known of a method without opening its codec.</summary>
public sealed class MethodFacts
{
    internal MethodFacts(Method method, string name, bool isExact)
    {
        Method = method;
        Name = name;
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
    public bool HasCoders => Coders.Skip(1).Any();

    /// <summary>Whether its sections can have this coder.</summary>
    public bool Takes(Coder coder) => Methods.Combine(Method, coder);
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

    // The directory's check, in the native library: there no object can be looked at that something would have to make first.
    private static ReadOnlySpan<byte> CodersOf => [None, Any, Any, Any, None, None];

    private static readonly MethodFacts[] s_all =
    [
        new(Method.Stored, "stored", isExact: true),
        new(Method.Dense, "dense", isExact: true),
        new(Method.Csr, "csr", isExact: true),
        new(Method.Bloomier, "bloomier", isExact: false),
        new(Method.Coupled, "coupled", isExact: false),
        new(Method.Context, "context", isExact: true),
    ];

    private static readonly string[] s_coderNames = ["none", "huffman", "arithmetic"];

    /// <summary>All methods, by number.</summary>
    public static ReadOnlySpan<MethodFacts> All => s_all;

    /// <summary>What coders are called on the command line, by number.</summary>
    public static ReadOnlySpan<string> CoderNames => s_coderNames;

    /// <summary>Whether this library knows both numbers.</summary>
    public static bool Knows(Method method, Coder coder) => (uint)method < (uint)CodersOf.Length && coder <= Coder.Arithmetic;

    /// <summary>Whether a method that this library knows has sections with this coder.</summary>
    public static bool Combine(Method method, Coder coder) => (CodersOf[(int)method] >> (int)coder & 1) != 0;

    public static MethodFacts Of(Method method) => s_all[(int)method];
}
