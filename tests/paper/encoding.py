"""Bytes, and .wls files: what `weightless` makes of a model."""
import json

from figures import FILTERS
from weightless.program import run

STRENGTH = 9


def system(tensor):
    """The name of a method with its coder; coupled and context have none to choose."""
    return tensor["method"] if tensor["method"] in ("coupled", "context") else f"{tensor['method']}-{tensor['coder']}"


def summary(tensor):
    return {"bytes": tensor["encoded_bytes"], "factor": tensor["factor"], "cell_bits": tensor["cell_bits"],
            "false_positives": tensor["false_positives"]}


def merged(reports):
    """One tensor's figures by system, from reports that differ in the filters' options: {filter: {system: entry}}.

    A filter's figures are those of its own report; all others are the same in each.
    """
    any_report = next(iter(reports.values()))
    return {name: summary(reports.get(entry["method"], any_report)[name]) for name, entry in any_report.items()}


def options_of(network):
    """What every encoding of the model takes but one that stores it as it is."""
    clusters = [f"--clusters={network['clusters']}"] if "clusters" in network else []
    return [f"--strength={network.get('strength', STRENGTH)}", *clusters]


def filter_options(choice):
    return [f"--cell-bits={choice['cell-bits']}", f"--seed={choice.get('seed', 0)}"]


def compare(model, network, choice):
    """What each system makes of each tensor: {tensor: {system: entry}}."""
    report = json.loads(run("compare", model, "--json", *options_of(network), *filter_options(choice)))
    tensors = {}
    for tensor in report["tensors"]:
        tensors.setdefault(tensor["name"], {})[system(tensor)] = tensor
    return tensors


def encode(model, network, method, path, choice=None):
    """Writes the model as a .wls file. A filter holds the network's `layers` alone, and the other tensors are stored."""
    options = [f"--method={method}"]
    if method in FILTERS:
        options += filter_options(choice or network[method])
        options += [f"--tensor={tensor}" for tensor in network["layers"].values()]
    if method == "bloomier":
        options.append("--coder=none")
    if method != "stored":
        options += options_of(network)
    run("encode", model, "-o", path, *options)
    return path
