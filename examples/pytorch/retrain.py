#!/usr/bin/python3
"""Encodes layers with a lossy filter, one after the other, and retrains the layers behind each around its false positives.

The loop of the Weightless paper: encode a layer, decode it, freeze what came out, train all layers behind it, go on to
the next. The layers behind keep their zeros and their number of distinct values.
"""
import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch.nn import functional

import mnist
import networks
import weightless
from clustering import join_clusters, joining, share, unshare
from networks import stack, top1_error, weight_layers
from training import Training, constant, cosine, show_progress

CHOOSING = 20000  # training images to choose a filter's seed by
MOST_VALUES = 255  # of a layer that is clustered already
SEED_STEP = 1000  # a filter that cannot be built with one seed tries the next
BUILDERS = (networks.lenet300100, networks.lenet5, networks.lenet5_3x3)


def read(path, clusters):
    """The network that the tensors in this file fit, whatever their names, and its builder."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "model.wls")
        weightless.encode(path, copy)
        state = weightless.load_file(copy, framework="torch")
        dense = [name for name, tensor in state.items() if name.endswith(".weight") and distinct(tensor) > MOST_VALUES]
        if dense:
            weightless.encode(path, copy, clusters=clusters, tensor=dense)
            state = weightless.load_file(copy, framework="torch")
    layers = sorted({name.rpartition(".")[0] for name in state})
    tensors = [state.get(f"{layer}.{kind}") for layer in layers for kind in ("weight", "bias")]
    for build in BUILDERS:
        network = build()
        empty = network.state_dict()
        if [tensor.shape for tensor in empty.values()] == [getattr(tensor, "shape", None) for tensor in tensors]:
            network.load_state_dict(dict(zip(empty, tensors)))
            return network, build
    raise ValueError(f"{path}: holds none of {', '.join(build.__name__ for build in BUILDERS)}")


def distinct(tensor):
    return len(tensor[tensor != 0].unique())


def split(network, name):
    """What is before this layer, and the rest."""
    index = [child for child, _ in network.named_children()].index(name)
    return network[:index], network[index:]


def live_part(build, network, widths):
    """The network with the first units of each hidden layer, so many as `widths` says."""
    return networks.narrowed(build, network, [torch.arange(width) for width in widths])


def decoded(name, weight, seed, options):
    """The weights that come out when these are encoded with a filter, and what `inspect` says of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "layer.wls")
        report = weightless.encode({name: weight}, path, method=options.method, cell_bits=options.cell_bits, seed=seed)
        return weightless.load_file(path, framework="torch")[name], report["tensors"][0]


@torch.no_grad()
def encode_lossily(network, build, widths, name, images, labels, options):
    """Makes the layer what it decodes to, with the one of many seeds whose false positives hurt the least.

    Where false positives fall depends on the filter's seed. It is chosen by the loss on training images.
    """
    layer = weight_layers(network)[name]
    exact = layer.weight.detach().clone()
    inputs = split(live_part(build, network, widths), name)[0](images)
    seeds = range(0, SEED_STEP * options.tries, SEED_STEP)

    def loss(weight):
        layer.weight.copy_(weight)
        return functional.cross_entropy(split(live_part(build, network, widths), name)[1](inputs), labels).item()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda seed: decoded(f"{name}.weight", exact, seed, options), seeds)
        tries = ((loss(weight), seed, weight, report) for seed, (weight, report) in zip(seeds, found))
        _, seed, weight, report = min(tries, key=lambda entry: entry[0])
    layer.weight.copy_(weight)
    return seed, report


def retrain(network, build, widths, behind, training, epochs):
    """Trains the layers from number `behind` on, their zeros and clusters kept; returns the full-size network.

    The biases of the layer before are trained too: they are a tensor of their own, and make up for the mean of what its
    false positives add.
    """
    small = live_part(build, network, widths)
    layers = stack(small)
    for layer in layers[:behind]:
        layer.weight.requires_grad_(False)
        layer.bias.requires_grad_(layer is layers[behind - 1])
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
    add("model", metavar="MODEL", type=Path, help="a pruned network, .npz or .safetensors")
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("-o", "--output", metavar="OUT.npz", type=Path, help="where to save the decoded and retrained model, if anywhere")
    add("--clusters", type=int, default=9, metavar="K", help="values of a layer that has more than 255 of them")
    add("--pixel-divisor", type=float, default=255, metavar="N", help="what the network wants pixels divided by")
    add("--layers", nargs="+", default=["fc1"], metavar="LAYER", help="layers to encode")
    add("--method", default="coupled", help="the filter: bloomier or coupled")
    add("--cell-bits", type=int, default=7, metavar="T", help="bits of a filter's cell")
    add("--tries", type=int, default=200, metavar="N", help="seeds to choose the filter from")
    add("--epochs", type=int, default=8, metavar="N",
        help="epochs to retrain after each layer, in the last half of them centroids alone")
    add("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.tries < 1 or options.epochs < 1 or options.pixel_divisor <= 0:
        parser.error("--tries and --epochs must be at least 1, and --pixel-divisor more than 0")
    return options


def run(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    network, build = read(options.model, options.clusters)
    names = list(weight_layers(network))
    unknown = [name for name in options.layers if name not in names[:-1]]
    if unknown:
        raise ValueError(f"{options.model}: no layer {unknown[0]} with layers behind it; there are {', '.join(names[:-1])}")
    test_images, test_labels = mnist.load(options.mnist, "t10k")
    images, labels = mnist.load(options.mnist, "train")
    for pixels in test_images, images:
        pixels *= 255 / options.pixel_divisor
    training = Training(images, labels, options.seed, options.epochs * len(options.layers), show_progress)

    def error():
        return top1_error(network, test_images, test_labels)

    network = networks.without_dead_units(build, network)
    widths = [len(layer.weight) for layer in stack(network)[:-1]]
    network = networks.widened(build, network)
    print(f"as read: top-1 error {error():.2f} %", flush=True)
    for name in sorted(options.layers, key=names.index):
        seed, report = encode_lossily(network, build, widths, name, images[:CHOOSING], labels[:CHOOSING], options)
        before = error()
        network = retrain(network, build, widths, names.index(name) + 1, training, options.epochs)
        print(f"{name}: {report['method']}, t = {report['cell_bits']}, seed {seed}, {report['encoded_bytes']} bytes, "
              f"{report['false_positives']} false positives: top-1 error {before:.2f} %, "
              f"layers behind retrained {error():.2f} %", flush=True)
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
