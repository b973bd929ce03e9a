using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;
using Weightless.NativeDecoder.Format;
using OnnxElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;
using Tensor = Weightless.Encoder.Models.Tensor;

namespace Weightless.Encoder.Calibration;

/// <summary>What a value of a network was in a run.</summary>
internal sealed record NetworkValue(float[] Elements, long[] Shape);

/// <summary>A network in ONNX Runtime, which is loaded when the first one is made: nothing else needs it.</summary>
internal sealed class NetworkSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string[] _outputs;

    /// <param name="model">An ONNX file.</param>
    /// <param name="watched">Values inside the graph that are to come out as well.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime is absent, or does not take the model.</exception>
    public NetworkSession(ReadOnlySpan<byte> model, IReadOnlyCollection<string> watched)
    {
        byte[] bytes = [.. model, .. MoreOutputs(watched)];
        _session = Guard(() =>
        {
            using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            return new InferenceSession(bytes, options);
        });
        _outputs = [.. _session.OutputNames];
    }

    /// <summary>The network's inputs, and their dimensions as far as known (-1 for others).</summary>
    public IReadOnlyDictionary<string, int[]> Inputs =>
        _session.InputMetadata.Where(input => input.Value.IsTensor).ToDictionary(input => input.Key, input => input.Value.Dimensions);

    /// <summary>Runs the network once. Outputs that are not f32 tensors are left out.</summary>
    public Dictionary<string, NetworkValue> Run(IReadOnlyDictionary<string, Tensor> inputs) => Guard(() =>
    {
        List<OrtValue> values = [];
        try
        {
            foreach (Tensor input in inputs.Values)
                values.Add(ToValue(input));
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(options, [.. inputs.Keys], values, _outputs);
            Dictionary<string, NetworkValue> outputs = new(StringComparer.Ordinal);
            foreach ((string name, OrtValue value) in _outputs.Zip(results))
            {
                if (!value.IsTensor)
                    continue;
                OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
                if (info.ElementDataType == OnnxElementType.Float)
                    outputs.Add(name, new NetworkValue(value.GetTensorDataAsSpan<float>().ToArray(), info.Shape));
            }
            return outputs;
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    });

    public void Dispose() => _session.Dispose();

    private static OrtValue ToValue(Tensor tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TypeOf(tensor), [.. tensor.Shape]);
        tensor.Data.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static OnnxElementType TypeOf(Tensor tensor) => tensor.Type switch
    {
        ElementType.F32 => OnnxElementType.Float,
        ElementType.F16 => OnnxElementType.Float16,
        ElementType.BF16 => OnnxElementType.BFloat16,
        ElementType.F64 => OnnxElementType.Double,
        ElementType.I8 => OnnxElementType.Int8,
        ElementType.U8 => OnnxElementType.UInt8,
        ElementType.I16 => OnnxElementType.Int16,
        ElementType.U16 => OnnxElementType.UInt16,
        ElementType.I32 => OnnxElementType.Int32,
        ElementType.U32 => OnnxElementType.UInt32,
        ElementType.I64 => OnnxElementType.Int64,
        ElementType.U64 => OnnxElementType.UInt64,
        _ => OnnxElementType.Bool,
    };

    /// <summary>
    /// Protobuf messages that follow each other are one: a second graph that has outputs alone adds them to the first
    /// (Protocol Buffers, "Encoding", on merging).
    /// </summary>
    private static byte[] MoreOutputs(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
            return [];
        const int name = 1;
        const int output = 12;
        const int graph = 7;
        List<byte> outputs = [];
        foreach (string value in names)
            Append(outputs, output, Field(name, Encoding.UTF8.GetBytes(value)));
        return Field(graph, CollectionsMarshal.AsSpan(outputs));

        static byte[] Field(int number, ReadOnlySpan<byte> content)
        {
            List<byte> field = [];
            Append(field, number, content);
            return [.. field];
        }

        static void Append(List<byte> target, int number, ReadOnlySpan<byte> content)
        {
            target.Add((byte)(number << 3 | (int)WireType.Bytes));
            uint length = (uint)content.Length;
            for (; length > 0x7f; length >>= 7)
                target.Add((byte)(length | 0x80));
            target.Add((byte)length);
            target.AddRange(content);
        }
    }

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OnnxRuntimeException e)
        {
            string line = e.Message.ReplaceLineEndings(" ");
            throw new ModelFormatException($"ONNX Runtime cannot run the network: {ModelFormatException.Quote(line)[1..^1]}", e);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException }
            or EntryPointNotFoundException or TypeInitializationException { InnerException: EntryPointNotFoundException })
        {
            throw new ModelFormatException("calibration needs ONNX Runtime: libonnxruntime.so beside this program or on the library path", e);
        }
    }
}
