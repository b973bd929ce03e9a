using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>What methods, coders, types and shapes are called, on the command line and in what it prints.</summary>
internal static class Names
{
    public static string Of(Method method) => Methods.Of(method).Name;

    public static string Of(Coder coder) => Methods.CoderNames[(int)coder];

    public static string Of(ElementType type) => type switch
    {
        ElementType.F32 => "f32",
        ElementType.F16 => "f16",
        ElementType.BF16 => "bf16",
        ElementType.I8 => "i8",
        ElementType.U8 => "u8",
        ElementType.F64 => "f64",
        ElementType.I16 => "i16",
        ElementType.U16 => "u16",
        ElementType.I32 => "i32",
        ElementType.U32 => "u32",
        ElementType.I64 => "i64",
        ElementType.U64 => "u64",
        ElementType.Bool => "bool",
        _ => "?",
    };

    public static string Of(IReadOnlyList<long> shape) => shape.Count == 0 ? "scalar" : string.Join('x', shape);
}
