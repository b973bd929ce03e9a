"""Chooses the cell's bits and the seed of each network's filters, by training images alone."""
import hashlib
import json
import tempfile
from pathlib import Path

import accuracy
import encoding
import figures
import networks

SEEDS = range(0, 8000, 1000)  # apart: a filter that cannot be built tries the next
CHOOSING = 10_000  # training images to choose a seed by
HOPELESS = 3  # times the exact network's loss: no seed makes up for that
BITS = range(1, 17)
KEPT = figures.FOLDER / "filters.json"


def choose(network, model, method, images, budget, progress):
    """The smallest t, and for it the seed with the least loss, that keep the error on the training images within the budget."""
    scale = network.get("pixel-scale", 1.0)

    def decoded(method, choice=None):
        with tempfile.TemporaryDirectory() as folder:
            path = encoding.encode(model, network, method, Path(folder, "choice.wls"), choice)
            return networks.without_dead_units(getattr(networks, network["builder"]), accuracy.decoded(network, path))

    def loss(tried):
        return images.training_loss(tried, CHOOSING, scale)

    exact = decoded("auto")
    exact_error, exact_loss = images.error(exact, "train", scale), loss(exact)
    for bits in BITS:
        if loss(decoded(method, {"cell-bits": bits})) > HOPELESS * exact_loss:
            continue
        choices = [{"cell-bits": bits, "seed": seed} for seed in SEEDS]
        tried = [decoded(method, choice) for choice in choices]
        best = min(range(len(tried)), key=lambda i: loss(tried[i]))
        added = images.error(tried[best], "train", scale) - exact_error
        progress(f"{figures.label(network)}, {method}, t = {bits}, seed {choices[best]['seed']}: {added:+.3f} points")
        if added <= budget:
            return choices[best] | {"training-error-added": round(added, 4)}
    raise ValueError(f"{model}: no filter adds at most {budget} points of error")


def choose_all(network, model, images, budget, progress):
    return {"sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
            **{method: choose(network, model, method, images, budget, progress) for method in figures.FILTERS}}


def kept(network, model):
    """What was chosen for this very model, or None."""
    found = json.loads(KEPT.read_text()).get(figures.label(network)) if KEPT.is_file() else None
    return found if found and found["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest() else None


def keep(choices):
    """Writes what was chosen, {label of a network: choices}; what is known of other networks stays."""
    known = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    KEPT.write_text(json.dumps(known | choices, indent=1) + "\n")
