#!/usr/bin/python3
"""The tables of the Weightless paper, and beside each figure ours, measured now. Trains nothing.

Prints them, writes all that was measured as JSON, and exits 1 if one of the bars at the end is missed.
"""
import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import figures
from figures import ROOT

sys.path.insert(1, str(ROOT / "examples/pytorch"))

import accuracy  # noqa: E402 these import from there
import choosing  # noqa: E402
import measuring  # noqa: E402
import printing  # noqa: E402
import timing  # noqa: E402


def progress(text):
    print(text, file=sys.stderr, flush=True)


def model_of(network, shared):
    return shared / network["shared-model"] if "shared-model" in network else ROOT / network["model"]


def choose(network, model, images, ours):
    budget = network.get("training-error-budget", ours["training-error-budget"])
    return choosing.choose_all(network, model, images, budget, progress)


def filters(network, model, images, ours):
    """The network with its filters' settings, chosen now if they are not known."""
    if not network["layers"]:
        return network
    choices = choosing.kept(network, model)
    if not choices:
        progress(f"{figures.label(network)}: filters.json has no settings for this {model.name}: choosing them, some minutes")
        choices = choose(network, model, images, ours)
    return network | choices


def measure(ours, paper, images, shared):
    report = {"layers": [], "networks": [], "a53_cycles": timing.predicted_a53_cycles(), "lenet5": paper["lenet5"],
              "training_error_budget": ours["training-error-budget"]}
    for network in ours["network"]:
        model = model_of(network, shared)
        if model.is_file():
            network = filters(network, model, images, ours)
            progress(f"measuring {figures.label(network)}")
            with tempfile.TemporaryDirectory() as folder:
                found, rows = measuring.network(network, model, images, paper, folder)
            report["networks"].append(found)
            report["layers"] += rows
        elif "published" in network:
            progress(f"{figures.label(network)} is left out: {model} is not there")
        else:
            progress(f"tables.py: {model}: no such file")
            report["networks"].append(measuring.kept(network, missing=f"{network['model']} is missing"))
    for layer in ours["synthetic"]:
        progress(f"measuring {layer['name']} {layer['layer']}, synthetic: a minute or two")
        with tempfile.TemporaryDirectory() as folder:
            report["layers"].append(measuring.synthetic(layer, paper, folder))
    for row in report["layers"]:
        row["predicted_a53_seconds"] = row["weights"] * report["a53_cycles"] / timing.A53_HERTZ
    report["bars"] = figures.bars(report)
    return report


def choose_filters(ours, images, shared):
    for network in ours["network"]:
        model = model_of(network, shared)
        if network["layers"] and model.is_file() and not choosing.kept(network, model):
            choosing.keep({figures.label(network): choose(network, model, images, ours)})


def parse_arguments():
    shared = Path(os.environ.get("WEIGHTLESS_SHARED") or ROOT.parent / "shared")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--shared", type=Path, default=shared, metavar="FOLDER", help="where data/mnist and the published network are")
    add("--mnist", type=Path, default=os.environ.get("WEIGHTLESS_MNIST"), metavar="FOLDER",
        help="the four IDX files, plain or .gz; if not given, data/mnist below the shared folder")
    add("-o", "--output", type=Path, default=ROOT / "artifacts/tables.json", metavar="FILE.json",
        help="where to write all that was measured")
    add("--choose-filters", action="store_true", help="only choose settings of filters for models that filters.json has none for")
    return parser.parse_args()


def run(options):
    accuracy.make_repeatable()
    ours, paper = figures.read("networks.toml"), figures.read("paper.toml")
    images = accuracy.Images(options.mnist or options.shared / "data/mnist")
    if options.choose_filters:
        choose_filters(ours, images, options.shared)
        return 0
    report = measure(ours, paper, images, options.shared)
    options.output.write_text(json.dumps(report, indent=1) + "\n")
    print(printing.text(report))
    return 0 if all(bar["met"] for bar in report["bars"]) else 1


def main():
    options = parse_arguments()
    try:
        sys.exit(run(options))
    except (OSError, RuntimeError, ValueError) as cause:  # weightless.Error is a RuntimeError
        sys.exit(f"tables.py: {cause}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
