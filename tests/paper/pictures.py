#!/usr/bin/python3
"""Draws docs/pictures/*.svg from what tables.py measured and from the papers' figures that it passes on."""
import argparse
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402 after the choice of a backend
from matplotlib.ticker import FixedLocator, NullLocator  # noqa: E402

import figures  # noqa: E402
from figures import ROOT  # noqa: E402

# What a point is of: marker and colour. Nearly all eyes can tell these colours apart (Okabe and Ito). On white, since a page may
# be light or dark.
OURS, FILTER, OTHERS = ("o", "#0072b2"), ("^", "#d55e00"), ("s", "#555555")
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "weightless", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
    "axes.axisbelow": True, "axes.grid": True, "grid.color": "#dddddd", "axes.titlesize": 10, "axes.titlelocation": "left",
    "figure.facecolor": "white", "savefig.facecolor": "white", "figure.figsize": (7.2, 4.2),
}

# Where the labels of the papers' points have room.
PLACES = {
    ("MIRACLE", 3030): (9, -7),
    ("MIRACLE", 1520): (-8, 8),
    ("Bayesian Compression", 2300): (-6, 12),
    ("Entropy Penalized Reparameterization", 2840): (4, 14),
    ("Weightless", 4520): (9, 0),
    ("Deep Compression", 44000): (-9, 8),
}


def point(axes, x, y, kind, text, place):
    """A marker and its label, so many points to the right and up; a label to the left ends there."""
    marker, colour = kind
    axes.plot([x], [y], marker, color=colour, markersize=7)
    axes.annotate(text, (x, y), place, textcoords="offset points", color=colour, va="center",
                  ha="left" if place[0] > 0 else "right")


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
    print(f"{path}: {path.stat().st_size} bytes")


def lenet5(report, path):
    figure, axes = plt.subplots()
    for other in report["lenet5"]:
        point(axes, other["bytes"], other["error"], OTHERS, other["method"], PLACES[other["method"], other["bytes"]])

    networks = {network["pruning"]: network for network in report["networks"] if network["name"] == "LeNet5"}
    smallest, dns = networks["smallest"], networks["DNS"]
    rows = [row for row in report["layers"] if (row["name"], row["pruning"]) == ("LeNet5", "DNS")]

    def by(system):
        return figures.whole_bytes(dns, rows, system), dns["decoded"].get(system.split("-")[0], dns["decoded"]["exact"])

    point(axes, smallest["file_bytes"], smallest["decoded"]["exact"], OURS, "context, lenet5-smallest", (9, 0))
    point(axes, dns["file_bytes"], dns["decoded"]["exact"], OURS, "context, lenet5-dns", (-9, 0))
    point(axes, *by("csr-huffman"), FILTER, "csr + huffman, lenet5-dns", (9, -3))
    lower_first = sorted(("coupled", "bloomier-arithmetic"), key=lambda system: by(system)[1])
    for system, up in zip(lower_first, (-6, 6)):
        point(axes, *by(system), FILTER, system.replace("-", " + ") + ", lenet5-dns", (9, up))

    axes.set_xscale("log")
    axes.set_xlim(850, 60000)
    axes.set_ylim(0.62, 1.1)
    axes.xaxis.set_major_locator(FixedLocator([1000, 1500, 2000, 3000, 5000, 10000, 20000, 50000]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:g} kB")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("the whole network")
    axes.set_ylabel("top-1 error on MNIST, %")
    axes.set_title("LeNet5: bytes and error; lower and further left is better")
    save(figure, path)


def vgg16(report, path):
    row = next(row for row in report["layers"] if (row["name"], row["layer"]) == ("VGG-16", "FC-0"))
    figure, axes = plt.subplots()
    published = row["paper"]["i7-seconds"]
    point(axes, row["paper"]["bloomier-none"][1] * 1024, published, OTHERS,
          f"the paper's filter, i7-6700K, {published} s", (-9, 0))
    for system, kind, text, right in (("bloomier-none", FILTER, "the paper's filter here (bloomier)", -9),
                                      ("coupled", OURS, "coupled", 9), ("context", OURS, "context, exact", -9)):
        seconds = row["seconds"][system.split("-")[0]]
        point(axes, row["encodings"][system]["bytes"], seconds, kind, f"{text}, {seconds:.2g} s", (right, 0))

    axes.set_yscale("log")
    axes.set_xlim(2.2e6, 3.4e6)
    axes.set_ylim(0.01, 60)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1e6:g} MB")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} s")
    axes.set_xlabel(f"the encoded layer; as float32 it is {row['weights'] * 4 / 1e6:.0f} MB")
    axes.set_ylabel("to decode it, one core")
    axes.set_title("VGG-16's FC-0, 25088 x 4096 at 3 %, ours synthetic: bytes and decoding time")
    save(figure, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("report", type=Path, nargs="?", default=ROOT / "artifacts/tables.json", metavar="FILE.json", help="what tables.py wrote")
    add("--folder", type=Path, default=ROOT / "docs/pictures", help="where to write them")
    options = parser.parse_args()
    try:
        report = json.loads(options.report.read_text())
        options.folder.mkdir(parents=True, exist_ok=True)
        with plt.rc_context(STYLE):
            lenet5(report, options.folder / "lenet5.svg")
            vgg16(report, options.folder / "vgg16-fc0.svg")
    except FileNotFoundError as cause:
        sys.exit(f"pictures.py: {cause.filename}: no such file; `make tables` writes it")


if __name__ == "__main__":
    main()
