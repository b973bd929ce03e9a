using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models.Onnx;

/// <summary>Makes a graph of the messages of an ONNX file; field numbers are those of onnx.proto.</summary>
internal readonly ref struct OnnxParser(ReadOnlySpan<byte> file)
{
    // Graphs are nested in attributes of nodes: the message depth is three times this.
    private const int MostNested = 32;

    private readonly ReadOnlySpan<byte> _file = file;

    public OnnxGraph Model()
    {
        OnnxGraph? graph = null;
        bool namesOperators = false;
        WireReader model = new(_file, new Extent(0, _file.Length));
        while (model.NextField(out int field))
        {
            if (field == 7)
                Graph(model.Bytes(), graph ??= new OnnxGraph(), 0);
            else
                model.Skip();
            namesOperators |= field == 8;
        }
        // The version of the operators is behind the graph: without it the file is most likely cut off.
        return graph is not null && namesOperators
            ? graph
            : throw new ModelFormatException("the ONNX file is truncated, or has no graph or no version of its operators");
    }

    private void Graph(Extent extent, OnnxGraph graph, int depth)
    {
        if (depth > MostNested)
            throw new ModelFormatException($"the ONNX file has graphs nested more than {MostNested} deep");
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            switch (field)
            {
                case 1:
                    graph.Nodes.Add(Node(message.Bytes(), depth));
                    break;
                case 5:
                    graph.Initializers.Add(Tensor(message.Bytes()));
                    break;
                case 11:
                    graph.Inputs.Add(Value(message.Bytes()));
                    break;
                case 12:
                    graph.Outputs.Add(Value(message.Bytes()));
                    break;
                case 15:
                    throw new ModelFormatException("the ONNX file has sparse initializers, which are not supported");
                default:
                    message.Skip();
                    break;
            }
        }
    }

    private OnnxNode Node(Extent extent, int depth)
    {
        OnnxNode node = new();
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            switch (field)
            {
                case 1:
                    node.Inputs.Add(message.Text(TensorLimits.MaxNameBytes));
                    break;
                case 2:
                    node.Outputs.Add(message.Text(TensorLimits.MaxNameBytes));
                    break;
                case 3:
                    node.Name = message.Text(TensorLimits.MaxNameBytes);
                    break;
                case 4:
                    node.Operator = message.Text(TensorLimits.MaxNameBytes);
                    break;
                case 5:
                    node.Attributes.Add(Attribute(message.Bytes(), depth));
                    break;
                case 7:
                    node.Domain = message.Text(TensorLimits.MaxNameBytes);
                    break;
                default:
                    message.Skip();
                    break;
            }
        }
        return node;
    }

    private OnnxAttribute Attribute(Extent extent, int depth)
    {
        OnnxAttribute attribute = new();
        Extent? text = null;
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            switch (field)
            {
                case 1:
                    attribute.Name = message.Text(TensorLimits.MaxNameBytes);
                    break;
                case 2:
                    attribute.Single = message.Single();
                    break;
                case 3:
                    attribute.Integer = message.Varint();
                    break;
                case 4:
                    text = message.Bytes();
                    break;
                case 5:
                    attribute.Tensor = Tensor(message.Bytes());
                    break;
                case 6 or 11:
                    OnnxGraph graph = new();
                    Graph(message.Bytes(), graph, depth + 1);
                    attribute.Graphs.Add(graph);
                    break;
                case 8:
                    message.Varints(attribute.Integers);
                    break;
                default:
                    message.Skip();
                    break;
            }
        }
        // Some operators keep a program of their own in a string, which need not be text.
        if (text is { } bytes && bytes.Length <= TensorLimits.MaxNameBytes)
            attribute.Text = System.Text.Encoding.UTF8.GetString(_file.Slice(bytes.Offset, bytes.Length));
        return attribute;
    }

    private OnnxValue Value(Extent extent)
    {
        string name = "";
        List<long>? shape = null;
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            if (field == 1)
                name = message.Text(TensorLimits.MaxNameBytes);
            else if (field == 2)
                shape = Find(message.Bytes(), 1) is { } tensor && Find(tensor, 2) is { } dimensions ? Dimensions(dimensions) : null;
            else
                message.Skip();
        }
        return new OnnxValue(name, shape);
    }

    private List<long> Dimensions(Extent extent)
    {
        List<long> shape = [];
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            if (field != 1)
            {
                message.Skip();
                continue;
            }
            long size = -1;
            WireReader dimension = new(_file, message.Bytes());
            while (dimension.NextField(out int part))
            {
                if (part == 1)
                    size = Math.Max(dimension.Varint(), -1);
                else
                    dimension.Skip();
            }
            shape.Add(size);
        }
        return shape;
    }

    private OnnxTensor Tensor(Extent extent)
    {
        string name = "";
        List<long> shape = [];
        long type = 0;
        int elementsField = 0;
        List<Extent> elements = [];
        bool isElsewhere = false;
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            switch (field)
            {
                case 1:
                    message.Varints(shape);
                    break;
                case 2:
                    type = message.Varint();
                    break;
                case 8:
                    name = message.Text(TensorLimits.MaxNameBytes);
                    break;
                case 14:
                    isElsewhere = message.Varint() == 1;
                    break;
                case 4 or 5 or 6 or 7 or 9 or 10 or 11:
                    Extent found = field is 6 or 9 ? message.Bytes() : message.Numbers();
                    if (found.Length == 0)
                        break;
                    if (elementsField != 0 && (elementsField != field || field == 9))
                        throw new ModelFormatException($"tensor {ModelFormatException.Quote(name)} has its elements twice");
                    elementsField = field;
                    elements.Add(found);
                    break;
                default:
                    message.Skip();
                    break;
            }
        }
        string what = $"tensor {ModelFormatException.Quote(name)}";
        if (isElsewhere)
            throw new ModelFormatException($"{what} has its elements in another file, which is not supported");
        if (ElementTypeOf(type) is not { } elementType)
            throw new ModelFormatException($"{what} has the element type {OnnxTypeName(type)}, which is not supported");
        if (elementsField is not (0 or 9) && elementsField != TypedField(elementType))
            throw new ModelFormatException($"{what} has its elements in a field that is not for its type");
        OnnxTensor tensor = new(name, elementType, shape, elements, Varints: elementsField is 5 or 7 or 11);
        tensor.CheckLength(_file);
        return tensor;
    }

    /// <summary>The last field of that number; null if there is none.</summary>
    private Extent? Find(Extent extent, int number)
    {
        Extent? found = null;
        WireReader message = new(_file, extent);
        while (message.NextField(out int field))
        {
            if (field == number)
                found = message.Bytes();
            else
                message.Skip();
        }
        return found;
    }

    private static ElementType? ElementTypeOf(long type) => type switch
    {
        1 => ElementType.F32,
        2 => ElementType.U8,
        3 => ElementType.I8,
        4 => ElementType.U16,
        5 => ElementType.I16,
        6 => ElementType.I32,
        7 => ElementType.I64,
        9 => ElementType.Bool,
        10 => ElementType.F16,
        11 => ElementType.F64,
        12 => ElementType.U32,
        13 => ElementType.U64,
        16 => ElementType.BF16,
        _ => null,
    };

    private static string OnnxTypeName(long type) => type switch
    {
        8 => "string",
        14 or 15 => "complex",
        >= 17 and <= 20 => "float8",
        21 or 22 => "int4",
        23 => "float4",
        _ => $"{type}",
    };

    /// <summary>The field that has the elements of a type if raw_data has not.</summary>
    private static int TypedField(ElementType type) => type switch
    {
        ElementType.F32 => 4,
        ElementType.F64 => 10,
        ElementType.I64 => 7,
        ElementType.U32 or ElementType.U64 => 11,
        _ => 5,
    };
}
