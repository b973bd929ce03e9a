"""What a pruned network holds, and about how few bytes could hold it."""
import math

from networks import weight_layers


def entropy_bits(counts):
    total = sum(counts)
    return sum(count * math.log2(total / count) for count in counts if count)


def estimated_bytes(weight):
    """Entropy of positions in the live rows and columns and of the values there, with 4 bytes a distinct value."""
    matrix = weight.reshape(len(weight), -1)
    alive = matrix != 0
    area = int(alive.any(1).sum() * alive.any(0).sum())
    nonzeros = int(alive.sum())
    counts = matrix[alive].unique(return_counts=True)[1].tolist()
    return math.ceil((entropy_bits([nonzeros, area - nonzeros]) + entropy_bits(counts)) / 8) + 4 * len(counts)


def description(network):
    """Lines of text: each layer's weights, and what the entropy of all tensors comes to."""
    lines, total = [], 0
    for name, layer in weight_layers(network).items():
        weight, bias = layer.weight.detach(), layer.bias.detach()
        alive = weight.reshape(len(weight), -1) != 0
        size, bias_size = estimated_bytes(weight), estimated_bytes(bias[:, None])
        total += size + bias_size
        shape = " x ".join(map(str, weight.shape))
        lines.append(f"{name}.weight {shape:15} density {100 * alive.double().mean():5.2f} %  non-zeros {alive.sum():5}  "
                     f"distinct {len(weight[weight != 0].unique())}  rows alive {alive.any(1).sum():3}  "
                     f"columns alive {alive.any(0).sum():3}  entropy {size:5} bytes, bias {bias_size}")
    lines.append(f"entropy of all tensors: {total} bytes")
    return lines
