"""The networks of the tables, and their hidden units: which matter, fewer of them, all of them again.

All are stacks of convolutions and fully connected layers with ReLU between them; a hidden unit is one neuron or one
filter. Every builder takes the number of units of each hidden layer, so that a network whose other units are dead can
be trained at the size of what is alive.
"""
import copy
import io
import os
import zipfile
import zlib
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

import mnist


def lenet300100(widths=(300, 100)):
    first, second = widths
    return nn.Sequential(OrderedDict(
        fc0=nn.Linear(mnist.PIXELS, first), relu0=nn.ReLU(),
        fc1=nn.Linear(first, second), relu1=nn.ReLU(),
        fc2=nn.Linear(second, 10)))


class Image(nn.Module):
    """Pixels as a picture, channels last in memory: PyTorch's convolutions and pooling take half the time on it."""

    def forward(self, pixels):
        pictures = pixels.view(-1, 1, mnist.SIDE, mnist.SIDE)
        return pictures.as_strided(pictures.shape, (mnist.PIXELS, 1, mnist.SIDE, 1))


def convolutional(widths, kernel, positions):
    """Two convolutions without padding, each with 2 x 2 max pooling, and two fully connected layers."""
    first, second, hidden = widths
    return nn.Sequential(OrderedDict(
        image=Image(),
        conv1=nn.Conv2d(1, first, kernel), pool1=nn.MaxPool2d(2), relu1=nn.ReLU(),
        conv2=nn.Conv2d(first, second, kernel), pool2=nn.MaxPool2d(2), relu2=nn.ReLU(), flat=nn.Flatten(),
        fc1=nn.Linear(second * positions, hidden), relu3=nn.ReLU(),
        fc2=nn.Linear(hidden, 10)))


def lenet5(widths=(20, 50, 500)):
    """Caffe's: 28 - 24 - 12 - 8 - 4 pixels a side; conv2 has 25,000 weights, fc1 400,000."""
    return convolutional(widths, kernel=5, positions=16)


def lenet5_3x3(widths=(32, 32, 695)):
    """28 - 26 - 13 - 11 - 5 pixels a side; conv2 has 9,216 weights, fc1 556,000 (2,171.9 KiB)."""
    return convolutional(widths, kernel=3, positions=25)


def weight_layers(network):
    return OrderedDict((name, layer) for name, layer in network.named_children() if hasattr(layer, "weight"))


def stack(network):
    return list(weight_layers(network).values())


def by_unit(weight, units_below):
    """A layer's weights as rows x units of the layer below x what each row reads of a unit."""
    return weight.reshape(len(weight), units_below, -1)


@torch.no_grad()
def most_important_units(network, widths):
    """For each hidden layer the `widths` units with the largest (norm of inputs) x (norm of readers), in order."""
    layers = stack(network)
    kept = []
    for layer, above, width in zip(layers, layers[1:], widths):
        readers = by_unit(above.weight, len(layer.weight)).transpose(0, 1).flatten(1)
        importance = layer.weight.flatten(1).norm(dim=1) * readers.norm(dim=1)
        kept.append(importance.argsort(descending=True, stable=True)[:width].sort().values)
    return kept


@torch.no_grad()
def narrowed(build, network, kept):
    """The network with only these units in its hidden layers."""
    result = build([len(units) for units in kept])
    old_layers = stack(network)
    below = units_below = None
    for old, new, units in zip(old_layers, stack(result), kept + [torch.arange(len(old_layers[-1].weight))]):
        weight = old.weight[units]
        if below is not None:
            weight = by_unit(weight, units_below)[:, below]
        new.weight.copy_(weight.reshape(new.weight.shape))
        new.bias.copy_(old.bias[units])
        below, units_below = units, len(old.weight)
    return result


@torch.no_grad()
def without_dead_units(build, network):
    """The same function without hidden units that nothing feeds or nothing reads.

    A unit that nothing feeds has a constant output, which moves into the biases of the layer above.
    """
    network = copy.deepcopy(network)
    while True:
        layers = stack(network)
        kept = []
        for layer, above in zip(layers, layers[1:]):
            readers = by_unit(above.weight, len(layer.weight))
            unfed = (layer.weight == 0).flatten(1).all(1)
            above.bias += readers[:, unfed].sum(2) @ layer.bias[unfed].relu()
            kept.append((~unfed & (readers != 0).any(2).any(0)).nonzero().flatten())
        if not all(len(units) for units in kept):
            raise ValueError("a hidden layer lost all its units")
        network = narrowed(build, network, kept)
        if all(len(units) == len(layer.weight) for units, layer in zip(kept, layers)):
            return network


def fullest_first(build, network):
    """The same function with the hidden units that read most in front: neighbours are alike, which helps an encoder."""
    return narrowed(build, network, [(layer.weight != 0).flatten(1).sum(1).argsort(descending=True, stable=True)
                                     for layer in stack(network)[:-1]])


@torch.no_grad()
def widened(build, network):
    """The network at its full size: its units come first in each hidden layer, all others are zero."""
    result = build()
    units = full_units = 1
    for small, full in zip(stack(network), stack(result)):
        nn.init.zeros_(full.weight)
        nn.init.zeros_(full.bias)
        rows = len(small.weight)
        if small is stack(network)[0]:
            full.weight[:rows] = small.weight
        else:
            by_unit(full.weight, full_units)[:rows, :units] = by_unit(small.weight, units)
        full.bias[:rows] = small.bias
        units, full_units = rows, len(full.weight)
    return result


@torch.no_grad()
def round_to_half(network):
    """Rounds weights and biases to float16, in which a file's codebooks take half the bytes."""
    for layer in stack(network):
        for parameter in (layer.weight, layer.bias):
            parameter.copy_(parameter.half())


def save(network, path):
    """Writes weights and biases as float32 arrays; the file appears whole or not at all."""
    arrays = OrderedDict()
    for name, layer in weight_layers(network).items():
        arrays[f"{name}.weight"] = layer.weight.detach().contiguous().numpy()
        arrays[f"{name}.bias"] = layer.bias.detach().numpy()
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data.getbuffer())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_arrays(path):
    """The state dict in an .npz file."""
    try:
        with np.load(path) as arrays:
            return {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except (AttributeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):  # the first for a bare .npy
        raise ValueError(f"{path}: not an .npz file of numbers") from None


def load(build, path):
    network = build()
    network.load_state_dict(read_arrays(path))
    return network


@torch.no_grad()
def top1_error(network, images, labels, batch=1000):
    """Percent of the images whose largest output is not their label."""
    wrong = sum((network(images[i:i + batch]).argmax(1) != labels[i:i + batch]).sum().item()
                for i in range(0, len(images), batch))
    return 100 * wrong / len(images)
