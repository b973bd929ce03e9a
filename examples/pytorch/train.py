#!/usr/bin/python3
"""Trains a network on MNIST, prunes it, lets what is left share few values, and saves it as .npz."""
import argparse
import sys
from pathlib import Path

import torch

import mnist
import networks
from recipes import RECIPES, clustered, pruned
from sizes import description
from training import BATCH, Training, show_progress


def parse_arguments():
    def whole(minimum):
        def number(text):
            if int(text) < minimum:
                raise argparse.ArgumentTypeError(f"{text} is less than {minimum}")
            return int(text)
        return number

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("model", choices=RECIPES, metavar="MODEL", help=f"one of {', '.join(RECIPES)}")
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("-o", "--output", metavar="OUT.npz", type=Path, help="file to write, MODEL.npz if not given")
    add("--seed", type=whole(0), default=1, help="the same seed gives the same file on the same machine")
    add("--threads", type=whole(1), default=1, help="threads of PyTorch; the result depends on their number")
    add("--holdout", type=whole(0), default=0, metavar="N",
        help="to choose settings by: keep the last N training images out of training, and measure the error on them "
             "instead of on the test images")
    options = parser.parse_args()
    options.output = options.output or Path(f"{options.model}.npz")
    return options


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

    def error(network):
        return networks.top1_error(network, *test)

    recipe = RECIPES[options.model]
    training = Training(images, labels, options.seed, sum(recipe.epochs), show_progress)
    network, dense_error = pruned(recipe, training, error)
    pruned_error = error(network)
    network = clustered(recipe, network, training)
    networks.save(networks.widened(recipe.build, network), options.output)

    saved = networks.load(recipe.build, options.output)
    print(*description(saved), sep="\n")
    print(f"top-1 error on {len(test[1])} {test_name} images: dense {dense_error:.2f} %, pruned {pruned_error:.2f} %, "
          f"clustered, as saved {error(saved):.2f} %")
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
