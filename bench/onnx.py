"""What measurements need of ONNX files: the fields of their messages, and the numbers of some in onnx.proto."""

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER = 1, 5
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_INT, ATTRIBUTE_TENSOR, ATTRIBUTE_GRAPH = 1, 3, 5, 6
TENSOR_SHAPE, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 8, 9
FLOAT = 1


def fields(message):
    """Number and value of each field; a value is an integer, or a view of bytes."""
    return ((number, value) for number, value, _ in places(message))


def places(message):
    """Number and value of each field, and where in the message the value begins."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        wire = tag & 7
        if wire == 0:
            begin = at
            yield tag >> 3, varint(), begin
            continue
        length = varint() if wire == 2 else {1: 8, 5: 4}[wire]
        yield tag >> 3, message[at:at + length], at
        at += length
