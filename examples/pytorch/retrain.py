#!/usr/bin/python3
"""Encodes layers with a lossy filter, one after the other, and retrains the layers behind each around its false positives.

The loop of the Weightless paper: encode a layer, decode it, freeze what came out, train all layers behind it, go on to
the next. The layers behind keep their zeros and their number of distinct values.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import torch
from torch.nn import functional

import mnist
import networks
import weightless
from clustering import join_clusters, joining, share, unshare
from networks import stack, top1_error, weight_layers
from training import Training, constant, cosine, show_progress

CHOOSING = 10000  # training images to choose a filter's seed by
BUILDERS = (networks.lenet300100, networks.lenet5, networks.lenet5_3x3)


def shapes(state):
    return {name: tensor.shape for name, tensor in state.items()}


def load(path):
    """The network that the arrays of this file fit, and its builder."""
    state = networks.read_arrays(path)
    for build in BUILDERS:
        network = build()
        if shapes(network.state_dict()) == shapes(state):
            network.load_state_dict(state)
            return network, build
    raise ValueError(f"{path}: holds none of {', '.join(build.__name__ for build in BUILDERS)}")


def distinct(tensor):
    return len(tensor[tensor != 0].unique())


def freeze(layer):
    for parameter in layer.parameters():
        parameter.requires_grad_(False)


@torch.no_grad()
def loss(network, images, labels):
    return functional.cross_entropy(network(images), labels).item()


def decoded(name, weight, seed, options):
    """The weights that come out when these are encoded with a filter, and what `inspect` says of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "layer.wls")
        report = weightless.encode({name: weight}, path, method=options.method, cell_bits=options.cell_bits, seed=seed)
        return weightless.decode(path)[name], report["tensors"][0]


def encode_lossily(network, build, name, images, labels, options):
    """Makes the layer what it decodes to, with the one of several seeds whose false positives hurt the least.

    Where false positives fall depends on the filter's seed. It is chosen by the loss on training images.
    """
    layer = weight_layers(network)[name]
    exact = layer.weight.detach().clone()
    tries = []
    for seed in range(options.tries):
        weight, report = decoded(f"{name}.weight", exact, 1000 * seed, options)  # apart: a filter that fails tries the next
        with torch.no_grad():
            layer.weight.copy_(weight)
        tries.append((loss(networks.without_dead_units(build, network), images, labels), 1000 * seed, weight, report))
    _, seed, weight, report = min(tries, key=lambda found: found[0])
    with torch.no_grad():
        layer.weight.copy_(weight)
    return seed, report


def retrain(network, build, behind, training, epochs):
    """Trains the layers from number `behind` on, their zeros and clusters kept; returns the full-size network."""
    small = networks.without_dead_units(build, network)
    layers = stack(small)
    for layer in layers[:behind]:
        freeze(layer)
    for layer in layers[behind:]:
        share(layer, distinct(layer.weight.detach()))
    tune = epochs // 2
    training.run("retrain", small, epochs - tune, constant(1e-3), before_step=joining(small))
    join_clusters(small, 1)
    training.run("tune", small, tune, cosine(1e-3))
    unshare(small)
    return networks.widened(build, small)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("model", metavar="MODEL.npz", type=Path, help="a model that train.py made")
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("-o", "--output", metavar="OUT.npz", type=Path, help="where to save the decoded and retrained model, if anywhere")
    add("--layers", nargs="+", default=["fc1"], metavar="LAYER", help="layers to encode, in the order of the network")
    add("--method", default="coupled", help="the filter: bloomier or coupled")
    add("--cell-bits", type=int, default=7, metavar="T", help="bits of a filter's cell")
    add("--tries", type=int, default=8, metavar="N", help="seeds to choose the filter from")
    add("--epochs", type=int, default=6, metavar="N",
        help="epochs to retrain after each layer, in the last half of them centroids alone")
    add("--seed", type=int, default=1)
    return parser.parse_args()


def run(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    network, build = load(options.model)
    names = list(weight_layers(network))
    unknown = [name for name in options.layers if name not in names[:-1]]
    if unknown:
        raise ValueError(f"{options.model}: no layer {unknown[0]} with layers behind it; there are {', '.join(names[:-1])}")
    test = mnist.load(options.mnist, "t10k")
    images, labels = mnist.load(options.mnist, "train")
    training = Training(images, labels, options.seed, options.epochs * len(options.layers), show_progress)

    network = networks.widened(build, networks.without_dead_units(build, network))
    print(f"as read: top-1 error {top1_error(network, *test):.2f} %")
    for name in sorted(options.layers, key=names.index):
        seed, report = encode_lossily(network, build, name, images[:CHOOSING], labels[:CHOOSING], options)
        before = top1_error(network, *test)
        network = retrain(network, build, names.index(name) + 1, training, options.epochs)
        print(f"{name}: {report['method']}, t = {report['cell_bits']}, seed {seed}, {report['encoded_bytes']} bytes, "
              f"{report['false_positives']} false positives: top-1 error {before:.2f} %, "
              f"layers behind retrained {top1_error(network, *test):.2f} %")
    if options.output:
        networks.save(network, options.output)


def main():
    options = parse_arguments()
    try:
        run(options)
    except (OSError, ValueError, weightless.Error) as cause:
        sys.exit(f"retrain.py: {cause}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
