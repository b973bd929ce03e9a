#!/usr/bin/python3
"""Makes all models again, several at a time, and notes in the README.md beside them what each run printed."""
import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recipes import RECIPES

SCRIPT = Path(__file__).with_name("train.py")
MODELS = Path(__file__).resolve().parents[1] / "models"
INTRODUCTION = """# Models that this project trained

For MNIST, pruned and clustered. [`../pytorch`](../pytorch) says how, and what is in the files. `make train` makes them all
again and writes this page; each section is a command, run from the root of the repository, and what it printed.
"""


class Bar:
    """One bar for all runs: on a terminal it is drawn over and over, elsewhere a line tells of every tenth part."""

    def __init__(self, total):
        self.done, self.total, self.start, self.told = {}, total, time.monotonic(), -1

    def show(self, model, epochs):
        self.done[model] = epochs
        share = sum(self.done.values()) / self.total
        line = f"{100 * share:3.0f} % of {self.total} epochs, {(time.monotonic() - self.start) / 60:.0f} min"
        if sys.stderr.isatty():
            print(f"\r[{'#' * int(30 * share):30}] {line}", end="\n" if share == 1 else "", file=sys.stderr, flush=True)
        elif int(10 * share) > self.told:
            self.told = int(10 * share)
            print(line, file=sys.stderr, flush=True)


def train(model, options, bar):
    """Runs train.py; returns what it printed, or raises with its error."""
    command = [sys.executable, SCRIPT, model, options.mnist, "-o", options.folder / f"{model}.npz", "--seed", str(options.seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        last = ""
        for line in process.stderr:
            last = line.strip()
            if found := re.search(r"epoch +(\d+) of", line):
                bar.show(model, int(found[1]))
        printed = process.stdout.read()
    if process.returncode != 0:
        raise RuntimeError(last or f"{model}: exit code {process.returncode}")
    return printed


def section(model, seed, printed):
    command = f"/usr/bin/python3 examples/pytorch/train.py {model} mnist -o examples/models/{model}.npz"
    if seed != 1:
        command += f" --seed {seed}"
    return "\n".join([f"## {model}.npz\n", f"    {command}\n", *(f"    {line}" for line in printed.splitlines())]) + "\n"


def update_page(path, sections):
    """Replaces the sections of these models, and keeps the others."""
    old = path.read_text() if path.exists() else ""
    known = {part.split(".npz")[0]: f"## {part.strip()}\n" for part in re.split(r"^## ", old, flags=re.MULTILINE)[1:]}
    known.update(sections)
    path.write_text("\n".join([INTRODUCTION, *(known[model] for model in RECIPES if model in known)]))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("mnist", metavar="MNIST_FOLDER", type=Path, help="folder of the four IDX files, plain or .gz")
    add("models", metavar="MODEL", nargs="*", help=f"which to make, of {', '.join(RECIPES)}; all if none is named")
    add("--folder", type=Path, default=MODELS, help="folder for the models and README.md")
    add("--seed", type=int, default=1)
    add("--jobs", type=int, default=os.cpu_count(), help="models to train at the same time, one thread each")
    options = parser.parse_args()
    options.models = options.models or list(RECIPES)
    if unknown := set(options.models) - set(RECIPES):
        parser.error(f"{min(unknown)} is none of {', '.join(RECIPES)}")
    return options


def main():
    options = parse_arguments()
    bar = Bar(sum(sum(RECIPES[model].epochs) for model in options.models))
    slowest_first = sorted(options.models, key=lambda model: "lenet5" not in model)
    try:
        with ThreadPoolExecutor(max(1, options.jobs)) as pool:
            printed = list(pool.map(lambda model: train(model, options, bar), slowest_first))
        update_page(options.folder / "README.md",
                    {model: section(model, options.seed, text) for model, text in zip(slowest_first, printed)})
    except (OSError, RuntimeError) as cause:
        sys.exit(f"train_all.py: {cause}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
