"""graph.py: writes lenet.onnx, the graph of LeNet-300-100 without its weights, or that of another chain of layers.

    python3 graph.py lenet.onnx [784 300 100 10]

The initializers have names and shapes, and their data is said to be external: the client gives it to the session. ONNX Runtime
does not read a file then, but asks that there is one of the name given: the graph itself will do. Plain
protobuf messages, field by field as onnx.proto numbers them, so that no onnx package is needed.
"""
import os
import sys

FLOAT = 1
EXTERNAL = 1
INT = 2


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A number, a string or a message that is bytes already."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def initializer(name, *shape):
    where = field(1, "location") + field(2, os.path.basename(sys.argv[1]))
    return b"".join(field(1, size) for size in shape) + field(2, FLOAT) + field(8, name) + field(13, where) + field(14, EXTERNAL)


def node(operator, inputs, output, attributes=b""):
    return b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, output) + field(4, operator) + attributes


def value(name, columns):
    rows = field(1, field(2, "images"))
    shape = rows + field(1, field(1, columns))
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, shape)))


def graph(sizes):
    out = b""
    last = "pixels"
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        weight, bias = f"fc{layer}.weight", f"fc{layer}.bias"
        out += field(5, initializer(weight, outputs, inputs)) + field(5, initializer(bias, outputs))
        final = layer == len(sizes) - 2
        product = "scores" if final else f"fc{layer}"
        transposed = field(5, field(1, "transB") + field(3, 1) + field(20, INT))
        out += field(1, node("Gemm", [last, weight, bias], product, transposed))
        if not final:
            out += field(1, node("Relu", [product], product + ".relu"))
            last = product + ".relu"
    return out + field(2, "lenet") + field(11, value("pixels", sizes[0])) + field(12, value("scores", sizes[-1]))


def main():
    opset = field(1, "") + field(2, 13)
    sizes = [int(size) for size in sys.argv[2:]] or [784, 300, 100, 10]
    model = field(1, 8) + field(2, "weightless") + field(7, graph(sizes)) + field(8, opset)
    with open(sys.argv[1], "wb") as file:
        file.write(model)


main()
