using Google.FlatBuffers;

namespace Weightless.Tests.Models;

/// <summary>A tensor of a TFLite file.</summary>
/// <param name="Type">Its number in schema.fbs: 0 is FLOAT32, 9 INT8.</param>
/// <param name="Scales">Of a tensor that is quantised by channels; null for another.</param>
/// <param name="IsBehind">Whether its elements lie behind the FlatBuffer, as those of large models do.</param>
internal sealed record TfliteTensorBytes(string Name, byte Type, int[] Shape, byte[] Data, float[]? Scales = null, bool IsBehind = false);

/// <summary>TFLite files made by hand: tables as schema.fbs numbers their fields, by the library of FlatBuffers.</summary>
internal static class TfliteBytes
{
    private const int Alignment = 16;

    public static byte[] Model(params TfliteTensorBytes[] tensors)
    {
        // Offsets have their full size whatever they are, so that a second time they are right.
        byte[] file = Build(tensors, 1);
        return [.. Build(tensors, file.Length), .. Behind(tensors)];
    }

    private static IEnumerable<byte> Behind(TfliteTensorBytes[] tensors) => tensors.Where(tensor => tensor.IsBehind).SelectMany(tensor => tensor.Data);

    private static byte[] Build(TfliteTensorBytes[] tensors, long end)
    {
        FlatBufferBuilder builder = new(1024);
        // Buffer 0 is the empty one, of tensors without elements.
        List<int> buffers = [Table(builder, 3)];
        foreach (TfliteTensorBytes tensor in tensors)
        {
            if (tensor.IsBehind)
            {
                builder.StartTable(3);
                builder.AddUlong(1, (ulong)end, 0);
                builder.AddUlong(2, (ulong)tensor.Data.Length, 0);
                end += tensor.Data.Length;
                buffers.Add(builder.EndTable());
                continue;
            }
            builder.StartVector(1, tensor.Data.Length, Alignment);
            builder.Put(tensor.Data);
            int data = builder.EndVector().Value;
            builder.StartTable(3);
            builder.AddOffset(0, data, 0);
            buffers.Add(builder.EndTable());
        }
        List<int> entries = [Tensor(builder, "input", 0, [1, 3], 0, null)];
        for (int i = 0; i < tensors.Length; i++)
            entries.Add(Tensor(builder, tensors[i].Name, tensors[i].Type, tensors[i].Shape, i + 1, tensors[i].Scales));
        int name = builder.CreateString("main").Value;
        int graphTensors = Offsets(builder, entries);
        builder.StartTable(5);
        builder.AddOffset(0, graphTensors, 0);
        builder.AddOffset(4, name, 0);
        int graphs = Offsets(builder, [builder.EndTable()]);
        int buffersAt = Offsets(builder, buffers);
        int description = builder.CreateString("made by hand").Value;
        builder.StartTable(8);
        builder.AddInt(0, 3, 0);
        builder.AddOffset(2, graphs, 0);
        builder.AddOffset(3, description, 0);
        builder.AddOffset(4, buffersAt, 0);
        builder.Finish(builder.EndTable(), "TFL3");
        return builder.SizedByteArray();
    }

    private static int Tensor(FlatBufferBuilder builder, string name, byte type, int[] shape, int buffer, float[]? scales)
    {
        int nameAt = builder.CreateString(name).Value;
        builder.StartVector(sizeof(int), shape.Length, sizeof(int));
        foreach (int size in shape.Reverse())
            builder.AddInt(size);
        int shapeAt = builder.EndVector().Value;
        int quantization = scales is null ? 0 : Quantization(builder, scales);
        builder.StartTable(10);
        builder.AddOffset(0, shapeAt, 0);
        builder.AddByte(1, type, 0);
        builder.AddUint(2, (uint)buffer, 0);
        builder.AddOffset(3, nameAt, 0);
        builder.AddOffset(4, quantization, 0);
        return builder.EndTable();
    }

    private static int Quantization(FlatBufferBuilder builder, float[] scales)
    {
        builder.StartVector(sizeof(float), scales.Length, sizeof(float));
        foreach (float scale in scales.Reverse())
            builder.AddFloat(scale);
        int at = builder.EndVector().Value;
        builder.StartTable(7);
        builder.AddOffset(2, at, 0);
        builder.AddInt(6, 0, -1);
        return builder.EndTable();
    }

    private static int Table(FlatBufferBuilder builder, int fields)
    {
        builder.StartTable(fields);
        return builder.EndTable();
    }

    private static int Offsets(FlatBufferBuilder builder, List<int> tables)
    {
        builder.StartVector(sizeof(int), tables.Count, sizeof(int));
        foreach (int table in Enumerable.Reverse(tables))
            builder.AddOffset(table);
        return builder.EndVector().Value;
    }
}
