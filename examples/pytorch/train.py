#!/usr/bin/python3
"""Trains LeNet-300-100 on MNIST, prunes it by magnitude, clusters what is left and saves it as .npz.

The network is y = W x + b with ReLU between layers; its inputs are pixels / 255.
"""
import argparse
import io
import math
import os
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import mnist
from clustering import ClusteredLinear
from pruning import apply_masks, drop_dead_units, gradual_density, magnitude_mask

BATCH = 128


def lenet300100():
    return nn.Sequential(OrderedDict(
        fc0=nn.Linear(mnist.PIXELS, 300), relu0=nn.ReLU(),
        fc1=nn.Linear(300, 100), relu1=nn.ReLU(),
        fc2=nn.Linear(100, 10)))


def weight_layers(network):
    return OrderedDict((name, layer) for name, layer in network.named_children() if hasattr(layer, "weight"))


@torch.no_grad()
def top1_error(network, images, labels):
    """Percent of the images whose largest output is not their label."""
    return 100 * (network(images).argmax(1) != labels).double().mean().item()


class Training:
    """Runs epochs over the training images, each image shifted at random by a pixel at most."""

    def __init__(self, images, labels, seed, total_epochs):
        self.images, self.labels = images, labels
        self.generator = torch.Generator().manual_seed(seed)
        self.epoch, self.total_epochs = 0, total_epochs

    def run(self, phase, network, epochs, rate, l1=0.0, before_epoch=None, after_step=None):
        """Trains with Adam at `rate(progress)`, progress going from 0 to 1 over these epochs."""
        optimizer = torch.optim.Adam(network.parameters())
        hidden_layers = list(weight_layers(network).values())[:-1]
        steps = len(self.images) // BATCH
        for epoch in range(epochs):
            if before_epoch:
                before_epoch((epoch + 1) / epochs)
            loss_sum = 0
            for step, batch in enumerate(self.batches(steps)):
                optimizer.param_groups[0]["lr"] = rate((epoch + step / steps) / epochs)
                loss = functional.cross_entropy(network(self.shifted(batch)), self.labels[batch])
                loss_sum += loss.item()
                if l1:
                    loss = loss + l1 * sum(layer.weight.abs().sum() for layer in hidden_layers)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if after_step:
                    after_step()
            self.show_progress(phase, loss_sum / steps)

    def batches(self, steps):
        order = torch.randperm(len(self.images), generator=self.generator)
        return order[:steps * BATCH].view(steps, BATCH)

    def shifted(self, batch):
        return mnist.shifted(self.images[batch], 1, self.generator)

    def show_progress(self, phase, loss):
        self.epoch += 1
        done, total = self.epoch, self.total_epochs
        line = f"{phase:8} epoch {done:3} of {total}, loss {loss:.4f}"
        if sys.stderr.isatty():
            bar = "#" * (30 * done // total)
            print(f"\r[{bar:30}] {line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done % 10 == 0 or done == total:
            print(line, file=sys.stderr, flush=True)


def cosine(rate):
    return lambda progress: rate * (0.02 + 0.98 * (1 + math.cos(math.pi * progress)) / 2)


def prune(network, densities, l1, training, epochs, retrain_epochs):
    """Iterative magnitude pruning: each epoch starts with a lower density, and retrains what is left."""
    layers = list(weight_layers(network).values())
    masks = []

    def lower_density(progress):
        masks[:] = [magnitude_mask(layer.weight, gradual_density(final, progress))
                    for layer, final in zip(layers, densities)]
        drop_dead_units(layers, masks)

    def keep_pruned():
        apply_masks(layers, masks)

    training.run("prune", network, epochs, lambda progress: 1e-3, l1, lower_density, keep_pruned)
    training.run("retrain", network, retrain_epochs, cosine(1e-3), l1, after_step=keep_pruned)
    drop_dead_units(layers, masks)  # Adam's momentum may have moved the biases of units that died


def clustered(network, clusters):
    """The network with the non-zeros of each layer shared."""
    return nn.Sequential(OrderedDict(
        (name, ClusteredLinear(layer, clusters) if isinstance(layer, nn.Linear) else layer)
        for name, layer in network.named_children()))


def save(network, path):
    """Writes weights and biases as float32 arrays; the file appears whole or not at all."""
    arrays = OrderedDict()
    for name, layer in weight_layers(network).items():
        arrays[f"{name}.weight"] = layer.weight.detach().numpy()
        arrays[f"{name}.bias"] = layer.bias.detach().numpy()
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data.getbuffer())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load(path):
    network = lenet300100()
    with np.load(path) as arrays:
        network.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    return network


def describe(network):
    for name, layer in weight_layers(network).items():
        alive = layer.weight != 0
        rows, columns = alive.shape
        values = len(layer.weight[alive].unique())
        print(f"{name}.weight  {rows:3} x {columns:3}  density {100 * alive.double().mean():5.2f} %  "
              f"non-zeros {alive.sum():5}  distinct {values:2}  "
              f"rows alive {alive.any(1).sum():3}  columns alive {alive.any(0).sum():3}")


def parse_arguments():
    def whole(minimum):
        def number(text):
            if int(text) < minimum:
                raise argparse.ArgumentTypeError(f"{text} is less than {minimum}")
            return int(text)
        return number

    def density(text):
        if not 0 < float(text) <= 1:
            raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
        return float(text)

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("-o", "--output", metavar="OUT.npz", type=Path, default=Path("lenet300100-magnitude.npz"), help="file to write")
    add("--seed", type=whole(0), default=1, help="the same seed gives the same file on the same machine")
    add("--density", type=density, nargs=3, default=[0.04, 0.06, 0.26], metavar="P",
        help="largest share of the weights kept in fc0, fc1 and fc2")
    add("--clusters", type=whole(1), default=3, metavar="K", help="distinct non-zero values in a layer")
    add("--l1", type=float, default=2e-5, help="L1 penalty on fc0 and fc1; the more, the fewer hidden units stay alive")
    add("--epochs", type=whole(1), nargs=4, default=[15, 20, 25, 10], metavar="N",
        help="epochs to train, to prune, to retrain and to tune the clusters")
    add("--threads", type=whole(1), default=1, help="threads of PyTorch; the result depends on their number")
    add("--holdout", type=whole(0), default=0, metavar="N",
        help="to choose settings by: keep the last N training images out of training, and measure the error on them "
             "instead of on the test images")
    return parser.parse_args()


def run(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)

    if not options.output.parent.is_dir():
        raise FileNotFoundError(f"{options.output.parent}: no such folder to write to")
    if options.output.is_dir():
        raise IsADirectoryError(f"{options.output}: is a folder, not a file to write")
    images, labels = mnist.load(options.mnist, "train")
    if options.holdout:
        if options.holdout > len(images) - BATCH:
            raise ValueError(f"--holdout {options.holdout} leaves too few of {len(images)} training images")
        kept = len(images) - options.holdout
        test, test_name = (images[kept:], labels[kept:]), "held-out"
        images, labels = images[:kept], labels[:kept]
    else:
        test, test_name = mnist.load(options.mnist, "t10k"), "test"

    dense_epochs, prune_epochs, retrain_epochs, cluster_epochs = options.epochs
    training = Training(images, labels, options.seed, sum(options.epochs))

    network = lenet300100()
    training.run("train", network, dense_epochs, cosine(1.5e-3), options.l1)
    dense_error = top1_error(network, *test)

    prune(network, options.density, options.l1, training, prune_epochs, retrain_epochs)
    pruned_error = top1_error(network, *test)

    network = clustered(network, options.clusters)
    training.run("cluster", network, cluster_epochs, cosine(3e-3))
    save(network, options.output)

    saved = load(options.output)
    describe(saved)
    print(f"top-1 error on {len(test[1])} {test_name} images: dense {dense_error:.2f} %, pruned {pruned_error:.2f} %, "
          f"clustered, as saved {top1_error(saved, *test):.2f} %")
    print(f"{options.output.name}: {options.output.stat().st_size} bytes")


def main():
    options = parse_arguments()
    try:
        run(options)
    except (OSError, ValueError) as cause:
        sys.exit(f"train.py: {cause}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
