#!/usr/bin/python3
"""Statistics of a PyTorch network's layers, for `weightless encode MODEL.npz --calibrate STATISTICS.npz`.

For a network of one's own:

    calibration = Calibration(network)
    calibration.run(batches)                 # tensors that the network takes
    calibration.save("statistics.npz")
    calibration.save_model("model.npz")

As a program it does that for one of this folder's networks, dense, on images of the MNIST training set.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import mnist
import networks
from recipes import RECIPES
from training import Training, cosine, show_progress

# Version of the file's names and shapes.
VERSION = 1

# More positions of an image are much alike.
MOST_POSITIONS = 400

# A rounding that the outputs show, but that does not leave the region where their loss is quadratic.
STEP_PER_DEVIATION = 0.12


class Sums:
    """Sums of x x^T over what a layer reads, a constant 1 behind each x, for every other batch by themselves."""

    def __init__(self, layer):
        self.layer = layer
        self.groups = getattr(layer, "groups", 1)
        self.order = layer.weight[0].numel() + 1
        self.hessian = torch.zeros(2, self.groups, self.order, self.order)
        self.images = np.zeros(2, np.int64)

    def add(self, values, half):
        rows = self.samples(values)
        rows = torch.cat([rows, torch.ones(*rows.shape[:-1], 1)], dim=-1)
        self.hessian[half] += rows.transpose(1, 2) @ rows
        self.images[half] += len(values)

    def samples(self, values):
        """groups x samples x columns."""
        if isinstance(self.layer, nn.Linear):
            rows = values.reshape(len(values), -1, values.shape[-1])
            return spread(rows, dim=1).flatten(0, 1).unsqueeze(0)
        windows = functional.unfold(values, self.layer.kernel_size, self.layer.dilation, self.layer.padding, self.layer.stride)
        windows = spread(windows, dim=2)
        windows = windows.reshape(len(values), self.groups, -1, windows.shape[2])
        return windows.permute(1, 0, 3, 2).flatten(1, 2)

    def error(self, change):
        """The squared error of the layer's output, an image, that a change of its weights makes."""
        total = self.hessian.sum(0)[:, :-1, :-1] / max(int(self.images.sum()), 1)
        change = change.flatten(1).reshape(self.groups, -1, self.order - 1)
        return float(torch.einsum("gri,gij,grj->", change, total, change))


def spread(values, dim):
    """At most MOST_POSITIONS of a dimension, evenly spread."""
    count = values.shape[dim]
    taken = min(count, MOST_POSITIONS)
    return values.index_select(dim, (2 * torch.arange(taken) + 1) * count // (2 * taken))


def loss(before, after):
    """The divergence of a classifier's outputs, scores of classes in the last dimension."""
    before = before.log_softmax(-1)
    return float((before.exp() * (before - after.log_softmax(-1))).sum(-1).mean())


class Calibration:
    """Fully connected and two-dimensional convolutional layers of a network, by the names of its state."""

    def __init__(self, network):
        self.network = network.eval()
        self.layers = {name: Sums(layer) for name, layer in network.named_modules()
                       if isinstance(layer, nn.Linear) or isinstance(layer, nn.Conv2d) and not isinstance(layer.padding, str)}
        self.sensitivities = {}

    @torch.no_grad()
    def run(self, batches):
        """Sums what the layers read, and finds what the outputs lose where one layer at a time is rounded."""
        batches = list(batches)
        half = 0

        def hook(sums):
            return lambda layer, inputs, output: sums.add(inputs[0].detach(), half)

        hooks = [sums.layer.register_forward_hook(hook(sums)) for sums in self.layers.values()]
        outputs = []
        for number, batch in enumerate(batches):
            half = number % 2
            outputs.append(self.network(batch))
        for handle in hooks:
            handle.remove()
        for name, sums in self.layers.items():
            self.sensitivities[name] = self.sensitivity(sums, batches, outputs)

    def sensitivity(self, sums, batches, outputs):
        weight = sums.layer.weight
        original = weight.clone()
        step = STEP_PER_DEVIATION * original.flatten(1).std(dim=1, unbiased=False).clamp_min(1e-3 * float(original.std()))
        step = step.reshape(-1, *[1] * (original.dim() - 1))
        rounded = torch.round(original / step) * step
        weight.copy_(rounded)
        lost = sum(loss(before, self.network(batch)) for before, batch in zip(outputs, batches)) / len(batches)
        weight.copy_(original)
        error = sums.error(rounded - original)
        return max(lost, 0) / error if error > 0 else 0.0

    def save(self, path):
        arrays = {"weightless/statistics": np.int64(VERSION)}
        for name, sums in self.layers.items():
            arrays[f"{name}.weight/hessian"] = sums.hessian.numpy()
            arrays[f"{name}.weight/images"] = sums.images
            arrays[f"{name}.weight/sensitivity"] = np.float64(self.sensitivities[name])
        np.savez(path, **arrays)

    def save_model(self, path):
        """The network's state, which `weightless encode` takes."""
        np.savez(path, **{name: value.detach().numpy() for name, value in self.network.state_dict().items()})


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("model", choices=RECIPES, metavar="MODEL", help=f"one of {', '.join(RECIPES)}")
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("-o", "--output", metavar="MODEL.npz", type=Path, required=True, help="the network, trained as train.py does before it prunes")
    add("--statistics", metavar="STATISTICS.npz", type=Path, required=True, help="what its layers read")
    add("--epochs", type=int, help="of training; by default those of the model's recipe")
    add("--images", type=int, default=4096, help="images of the training set to calibrate on")
    add("--seed", type=int, default=1)
    return parser.parse_args()


def run(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    images, labels = mnist.load(options.mnist, "train")
    recipe = RECIPES[options.model]
    epochs = options.epochs or recipe.epochs[0]
    network = recipe.build()
    Training(images, labels, options.seed, epochs, show_progress).run("train", network, epochs, cosine(1e-3), recipe.l1)
    calibration = Calibration(network)
    calibration.run(images[:options.images].split(256))
    calibration.save(options.statistics)
    calibration.save_model(options.output)
    error = networks.top1_error(network, *mnist.load(options.mnist, "t10k"))
    print(f"top-1 error on the test images: {error:.2f} %")


def main():
    try:
        run(parse_arguments())
    except (OSError, ValueError) as cause:
        sys.exit(f"calibrate.py: {cause}")


if __name__ == "__main__":
    main()
