"""large_lenet.py: writes a model of zeros for a graph of examples/cpp/graph.py, to see what memory the client takes.

    python3 large_lenet.py MODEL.safetensors SIZE SIZE [SIZE]...

Prints the bytes of its weights.
"""
import json
import struct
import sys


def main():
    sizes = [int(size) for size in sys.argv[2:]]
    entries = {}
    end = 0
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        for name, shape, count in (("weight", [outputs, inputs], inputs * outputs), ("bias", [outputs], outputs)):
            entries[f"fc{layer}.{name}"] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + 4 * count]}
            end += 4 * count
    header = json.dumps(entries).encode()
    with open(sys.argv[1], "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(file.tell() + end)
    print(end)


main()
