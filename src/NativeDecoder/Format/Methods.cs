namespace Weightless.NativeDecoder.Format;

/// <summary>What is to be known of a method without opening its codec.</summary>
/// <param name="Name">What it is called on the command line; <c>WL_METHOD_</c> and the name in capitals in the header.</param>
/// <param name="Coders">The coders that its sections can have, the plainest first.</param>
/// <param name="IsExact">Whether every weight comes out as it was encoded; a filter's zeros may not.</param>
public readonly record struct MethodFacts(Method Method, string Name, Coder[] Coders, bool IsExact)
{
    /// <summary>Whether a coder is to be chosen at all.</summary>
    public bool HasCoders => Coders.Length > 1;
}

/// <summary>
/// The one table of methods: the directory's check, names, arguments, the encoder's choice and the generators of tests take
/// their lists from here.
/// </summary>
public static class Methods
{
    private static readonly MethodFacts[] s_all =
    [
        new(Method.Stored, "stored", [Coder.None], IsExact: true),
        new(Method.Dense, "dense", [Coder.None, Coder.Huffman, Coder.Arithmetic], IsExact: true),
        new(Method.Csr, "csr", [Coder.None, Coder.Huffman, Coder.Arithmetic, Coder.Tans], IsExact: true),
        new(Method.Bloomier, "bloomier", [Coder.None, Coder.Huffman, Coder.Arithmetic], IsExact: false),
        new(Method.Coupled, "coupled", [Coder.None], IsExact: false),
        new(Method.Context, "context", [Coder.None], IsExact: true),
    ];

    private static readonly string[] s_coderNames = ["none", "huffman", "arithmetic", "tans"];

    /// <summary>All methods, by number.</summary>
    public static ReadOnlySpan<MethodFacts> All => s_all;

    /// <summary>What coders are called on the command line, by number.</summary>
    public static ReadOnlySpan<string> CoderNames => s_coderNames;

    /// <summary>Whether this library knows both numbers.</summary>
    public static bool Knows(Method method, Coder coder) => (uint)method < (uint)s_all.Length && (uint)coder < (uint)s_coderNames.Length;

    /// <summary>Whether a method that this library knows has sections with this coder.</summary>
    public static bool Combine(Method method, Coder coder) => Array.IndexOf(Of(method).Coders, coder) >= 0;

    public static ref readonly MethodFacts Of(Method method) => ref s_all[(int)method];
}
