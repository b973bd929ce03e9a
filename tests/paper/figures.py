"""The figures of the paper, our networks, and how the two compare. Nothing is measured here, and PyTorch is not needed."""
import re
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
MODELS_PAGE = ROOT / "examples/models/README.md"

# The paper's tables, and their systems by our methods and coders.
TABLES = {
    "Table 1: simplified weights (method dense)": ("dense-huffman", "dense-arithmetic"),
    "Table 2: CSR (method csr)": ("csr-huffman", "csr-arithmetic"),
    "Table 3: the Bloomier filter (method bloomier)": ("bloomier-none", "bloomier-huffman", "bloomier-arithmetic"),
}
PAPER_SYSTEMS = sum(TABLES.values(), ())
FILTERS = ("coupled", "bloomier")
# A decoded network may get this many percent of the images more wrong than the pruned one. The published network is not trained
# after clustering: what is decoded is compared with what clustering left.
MOST_ERROR_ADDED = 0.10
ROUNDING = 1e-9  # percents of 10,000 images, as binary fractions


def read(name):
    with open(FOLDER / name, "rb") as file:
        return tomllib.load(file)


def label(row):
    kind = ", synthetic" if row.get("synthetic") else ", published" if row.get("published") else ""
    return " ".join(filter(None, (row["name"], row["pruning"], row.get("layer")))) + kind


def paper_layer(paper, row):
    """What the paper prints of this layer."""
    return next(layer for layer in paper["layer"]
                if (layer["network"], layer["pruning"], layer["layer"]) == (row["name"], row["pruning"], row["layer"]))


def trained_errors(page, model):
    """Percent wrong of the dense, the pruned and the clustered network, as its section of the models' page has it."""
    section = re.search(rf"^## {re.escape(model)}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    found = section and re.search(r"dense ([\d.]+) %, pruned ([\d.]+) %, clustered, as saved ([\d.]+) %", section[1])
    if not found:
        raise ValueError(f"{MODELS_PAGE}: no errors of {model}")
    return dict(zip(("dense", "pruned", "clustered"), map(float, found.groups())))


def is_exact(system):
    return system.split("-")[0] not in FILTERS


def smallest(encodings, wanted):
    """The system with the fewest bytes, of those that are wanted."""
    return min(filter(wanted, encodings), key=lambda system: encodings[system]["bytes"])


def best_of_paper(paper):
    return max((paper[system][0], system) for system in PAPER_SYSTEMS if system in paper)


def smallest_exact(row):
    return row["encodings"][smallest(row["encodings"], is_exact)]


def gain(row):
    """How many times the paper's best factor our best exact one is."""
    return smallest_exact(row)["factor"] / best_of_paper(row["paper"])[0]


def coupled_share(row):
    """The coupled filter's bytes as a share of the Bloomier filter's with its best coder."""
    bloomier = smallest(row["encodings"], lambda system: system.startswith("bloomier-"))
    return row["encodings"]["coupled"]["bytes"] / row["encodings"][bloomier]["bytes"]


def whole_bytes(network, layers, system):
    """Bytes of a whole file whose `layers` are encoded by one system and whose other tensors by the smallest exact one."""
    return network["file_bytes"] + sum(layer["encodings"][system]["bytes"] - smallest_exact(layer)["bytes"] for layer in layers)


def bar(what, value, limit, unit="", least=False):
    """One line of the list at the end; a value that is None could not be measured."""
    met = value is not None and (value >= limit if least else value <= limit + ROUNDING)
    return {"what": what, "value": value, "limit": limit, "least": least, "unit": unit, "met": met}


def layer_bars(row):
    if "least-gain" in row:
        yield bar(f"{label(row)}: best exact factor / the paper's best", gain(row), row["least-gain"], least=True)
    if "most-coupled" in row:
        yield bar(f"{label(row)}: bytes of coupled / bytes of bloomier, best coder", coupled_share(row), row["most-coupled"])


def network_bars(network):
    name = label(network)
    if "missing" in network:
        yield bar(f"{name}: {network['missing']}", None, 0)
        return
    decoded = network["decoded"]
    base = "clustered" if network.get("published") else "pruned"
    for method, error in decoded.items():
        how = "exactly" if method == "exact" else f"from {method}"
        yield bar(f"{name}: decoded {how}, error above the {base} network's",
                  error - network["as_trained"][base], MOST_ERROR_ADDED, "points")
    if "most-error" in network:
        yield bar(f"{name}: largest error of a decoded network", max(decoded.values()), network["most-error"], "%")
    if "most-bytes" in network:
        yield bar(f"{name}: the whole file", network["file_bytes"], network["most-bytes"], "bytes")


def bars(report):
    return [line for row in report["layers"] for line in layer_bars(row)] + \
        [line for network in report["networks"] for line in network_bars(network)]
