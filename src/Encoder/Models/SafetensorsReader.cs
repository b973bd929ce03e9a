using System.Buffers.Binary;
using System.Text.Json;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>
/// Safetensors: the length of a header (u64), the header (JSON: name -> dtype, shape, data_offsets), then the data, which the
/// tensors fill without a hole or an overlap. See https://github.com/huggingface/safetensors#format
/// </summary>
public sealed class SafetensorsReader : ModelFile
{
    internal const string MetadataKey = "__metadata__";

    private const int LengthBytes = 8;

    // The reference implementation's limit.
    private const int MaxHeaderBytes = 100_000_000;

    // Root, tensor, array: one level more than those is already wrong.
    private const int MaxDepth = 4;

    private readonly MappedFile _file;

    internal SafetensorsReader(FileStream stream)
    {
        _file = new MappedFile(stream);
        try
        {
            Tensors = ReadTensors(_file);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>There is no magic number, but the header is an object that starts at once, as the format demands.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> start) => start.Length > LengthBytes && start[LengthBytes] == '{';

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
    }

    private static List<Tensor> ReadTensors(MappedFile file)
    {
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, LengthBytes).Span);
        if (headerBytes > (ulong)(file.Length - LengthBytes))
        {
            throw new ModelFormatException(
                $"the header says {headerBytes} bytes but the file has {file.Length}");
        }

        if (headerBytes > MaxHeaderBytes)
            throw new ModelLimitException($"the header takes {headerBytes} bytes; at most {MaxHeaderBytes} are allowed");

        long dataStart = LengthBytes + (long)headerBytes;
        List<Entry> entries = ReadHeader(file.Slice(LengthBytes, (int)headerBytes).Span);
        CheckOffsets(entries, file.Length - dataStart);

        var tensors = new List<Tensor>(entries.Count);
        foreach (Entry entry in entries)
        {
            int length = (int)(entry.End - entry.Begin);
            tensors.Add(new Tensor(entry.Name, entry.Type, entry.Shape, file.Slice(dataStart + entry.Begin, length)));
        }

        return tensors;
    }

    private static List<Entry> ReadHeader(ReadOnlySpan<byte> header)
    {
        var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var entries = new List<Entry>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            Expect(ref json, JsonTokenType.StartObject, "the header");
            while (NextProperty(ref json, out string name))
            {
                if (!names.Add(name))
                    throw new ModelFormatException($"the header has two entries named {ModelFormatException.Quote(name)}");
                if (name == MetadataKey)
                {
                    Read(ref json);
                    json.Skip();
                }
                else
                {
                    entries.Add(ReadEntry(ref json, name));
                }
            }

            // Nothing but white space may follow; the reader throws at anything else.
            json.Read();
            return entries;
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"the header is not valid JSON near its byte {json.BytesConsumed}", e);
        }
    }

    private static Entry ReadEntry(ref Utf8JsonReader json, string name)
    {
        string what = $"tensor {ModelFormatException.Quote(name)}";
        string? dtype = null;
        List<long>? shape = null;
        List<long>? offsets = null;

        Expect(ref json, JsonTokenType.StartObject, what);
        while (NextProperty(ref json, out string key))
        {
            switch (key)
            {
                case "dtype" when dtype is null:
                    Expect(ref json, JsonTokenType.String, $"the dtype of {what}");
                    dtype = Text(ref json);
                    break;
                case "shape" when shape is null:
                    shape = ReadIntegers(ref json, TensorLimits.MaxRank, $"the shape of {what}");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadIntegers(ref json, 2, $"the data_offsets of {what}");
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw new ModelFormatException($"{what} has two entries named {key}");
                default:
                    Read(ref json);
                    json.Skip();
                    break;
            }
        }

        if (dtype is null || shape is null || offsets is not [long begin, long end])
            throw new ModelFormatException($"{what} needs a dtype, a shape and two data_offsets");
        if (!SafetensorsType.TryParse(dtype, out ElementType type))
            throw new ModelFormatException($"{what} has the unsupported dtype {ModelFormatException.Quote(dtype)}");
        int bytes = TensorLimits.ByteLength(name, type, shape);
        if (begin > end || end - begin != bytes)
        {
            throw new ModelFormatException(
                $"{what} needs {bytes} bytes for its shape and dtype, but its data_offsets are {begin} to {end}");
        }

        return new Entry(name, type, shape, begin, end);
    }

    /// <summary>The data must be the tensors end to end: no byte of it shared, and none hidden.</summary>
    private static void CheckOffsets(List<Entry> entries, long dataBytes)
    {
        long covered = 0;
        foreach (Entry entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            string tensor = $"tensor {ModelFormatException.Quote(entry.Name)}";
            if (entry.End > dataBytes)
                throw new ModelFormatException($"{tensor} ends at data byte {entry.End} but the file has {dataBytes}");

            if (entry.Begin != covered)
            {
                string fault = entry.Begin < covered ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new ModelFormatException($"the data of {tensor} {fault}");
            }

            covered = entry.End;
        }

        if (covered != dataBytes)
            throw new ModelFormatException($"the tensors take {covered} bytes but the file has {dataBytes} bytes of data");
    }

    private static List<long> ReadIntegers(ref Utf8JsonReader json, int most, string what)
    {
        var values = new List<long>();
        Expect(ref json, JsonTokenType.StartArray, what);
        for (Read(ref json); json.TokenType != JsonTokenType.EndArray; Read(ref json))
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long value) || value < 0)
                throw new ModelFormatException($"{what} must hold whole numbers from 0 to {long.MaxValue}");
            if (values.Count == most)
                throw new ModelFormatException($"{what} may hold at most {most} numbers");
            values.Add(value);
        }

        return values;
    }

    private static bool NextProperty(ref Utf8JsonReader json, out string name)
    {
        Read(ref json);
        bool found = json.TokenType == JsonTokenType.PropertyName;
        name = found ? Text(ref json) : "";
        return found;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type, string what)
    {
        Read(ref json);
        if (json.TokenType != type)
        {
            string expected = type switch
            {
                JsonTokenType.StartObject => "an object",
                JsonTokenType.StartArray => "an array",
                _ => "a string",
            };
            throw new ModelFormatException($"{what} is not {expected}");
        }
    }

    private static void Read(ref Utf8JsonReader json)
    {
        if (!json.Read())
            throw new JsonException("the header ends early");
    }

    private static string Text(ref Utf8JsonReader json)
    {
        // An escape takes at most six characters for a byte, so that nothing huge is unescaped in vain.
        if (json.ValueSpan.Length > 6 * TensorLimits.MaxNameBytes)
            throw new ModelLimitException($"the header has a string longer than {TensorLimits.MaxNameBytes} bytes");
        string text;
        try
        {
            text = json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFormatException($"the header has text that is not valid UTF-8 near its byte {json.BytesConsumed}", e);
        }

        TensorLimits.CheckName(text);
        return text;
    }

    private readonly record struct Entry(string Name, ElementType Type, IReadOnlyList<long> Shape, long Begin, long End);
}
