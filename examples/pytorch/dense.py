#!/usr/bin/python3
"""Trains a network on MNIST as train.py does before it prunes, and saves it dense, as an ONNX model."""
import argparse
import sys
from pathlib import Path

import torch
from torch import nn

import mnist
import networks
from recipes import RECIPES
from training import Training, cosine, show_progress


class Pictures(nn.Module):
    """What networks.Image does, in an operator that ONNX has."""

    def forward(self, pixels):
        return pixels.reshape(-1, 1, mnist.SIDE, mnist.SIDE)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("model", choices=RECIPES, metavar="MODEL", help=f"one of {', '.join(RECIPES)}")
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("-o", "--output", metavar="OUT.onnx", type=Path, required=True, help="file to write")
    add("--seed", type=int, default=1, help="the same seed gives the same file on the same machine")
    return parser.parse_args()


def export(network, path):
    """Writes the network with input `pixels` (images x 784) and output `scores` (images x 10)."""
    exported = nn.Sequential(*(Pictures() if isinstance(layer, networks.Image) else layer for layer in network))
    names = {"input_names": ["pixels"], "output_names": ["scores"]}
    dynamic = {"pixels": {0: "images"}, "scores": {0: "images"}}
    torch.onnx.export(exported, torch.zeros(1, mnist.PIXELS), str(path), opset_version=13, dynamic_axes=dynamic, **names)


def run(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    images, labels = mnist.load(options.mnist, "train")
    recipe = RECIPES[options.model]
    epochs = recipe.epochs[0]
    network = recipe.build()
    Training(images, labels, options.seed, epochs, show_progress).run("train", network, epochs, cosine(1e-3), recipe.l1)
    export(network, options.output)
    error = networks.top1_error(network, *mnist.load(options.mnist, "t10k"))
    print(f"top-1 error on the test images: {error:.2f} %")


def main():
    try:
        run(parse_arguments())
    except (OSError, ValueError) as cause:
        sys.exit(f"dense.py: {cause}")


if __name__ == "__main__":
    main()
