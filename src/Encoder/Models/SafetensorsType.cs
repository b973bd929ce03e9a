using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>Element types by the names of the safetensors format.</summary>
internal static class SafetensorsType
{
    public static string Name(ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();

    public static bool TryParse(string name, out ElementType type)
    {
        ElementType? found = name switch
        {
            "F32" => ElementType.F32,
            "F16" => ElementType.F16,
            "BF16" => ElementType.BF16,
            "F64" => ElementType.F64,
            "I8" => ElementType.I8,
            "U8" => ElementType.U8,
            "I16" => ElementType.I16,
            "U16" => ElementType.U16,
            "I32" => ElementType.I32,
            "U32" => ElementType.U32,
            "I64" => ElementType.I64,
            "U64" => ElementType.U64,
            "BOOL" => ElementType.Bool,
            _ => null,
        };
        type = found.GetValueOrDefault();
        return found.HasValue;
    }
}
