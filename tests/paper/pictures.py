#!/usr/bin/python3
"""Draws docs/pictures/*.svg from what tables.py measured and from the papers' figures that it passes on."""
import argparse
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402 after the choice of a backend

import figures  # noqa: E402
from figures import ROOT  # noqa: E402

# Colours that all can tell apart (Okabe and Ito), on white, since a page may be light or dark.
OURS, FILTER, OTHERS = "#0072b2", "#d55e00", "#555555"
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "weightless", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
    "axes.axisbelow": True, "grid.color": "#dddddd", "figure.facecolor": "white", "savefig.facecolor": "white",
}
SIZE = (7.2, 4.2)


def point(axes, x, y, text, colour, marker, place):
    """A marker, and its label so many points right and above of it; left of it if the first number is negative."""
    axes.plot([x], [y], marker, color=colour, markersize=7)
    axes.annotate(text, (x, y), place, textcoords="offset points", color=colour, va="center", ha="left" if place[0] > 0 else "right")


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
    print(f"{path}: {path.stat().st_size} bytes")


def kilobytes(value, _=None):
    return f"{value / 1000:g} kB"


# Where the labels of the papers' points have room.
PLACES = {("MIRACLE", 3030): (9, -7), ("MIRACLE", 1520): (-8, 8), ("Bayesian Compression", 2300): (-6, 12),
          ("Entropy Penalized Reparameterization", 2840): (4, 14), ("Weightless", 4520): (9, 0), ("Deep Compression", 44000): (-9, 8)}


def lenet5(report, path):
    figure, axes = plt.subplots(figsize=SIZE)
    for other in report["lenet5"]:
        point(axes, other["bytes"], other["error"], other["method"], OTHERS, "s", PLACES[other["method"], other["bytes"]])

    whole = {network["pruning"]: network for network in report["networks"] if network["name"] == "LeNet5" and "decoded" in network}
    dns = whole["DNS"]
    rows = [row for row in report["layers"] if (row["name"], row["pruning"]) == ("LeNet5", "DNS")]
    point(axes, whole["smallest"]["file_bytes"], whole["smallest"]["decoded"]["exact"], "context, lenet5-smallest", OURS, "o", (9, 0))
    point(axes, dns["file_bytes"], dns["decoded"]["exact"], "context, lenet5-dns", OURS, "o", (-9, 0))
    point(axes, figures.whole_bytes(dns, rows, "csr-huffman"), dns["decoded"]["exact"], "csr + huffman, lenet5-dns", FILTER, "^", (9, -3))
    filters = sorted((dns["decoded"][system.split("-")[0]], figures.whole_bytes(dns, rows, system), system)
                     for system in ("coupled", "bloomier-arithmetic"))
    for (error, size, system), place in zip(filters, ((9, -6), (9, 6))):
        point(axes, size, error, system.replace("-", " + ") + ", lenet5-dns", FILTER, "^", place)

    axes.set_xscale("log")
    axes.set_xlim(1000, 60000)
    axes.set_ylim(0.62, 1.1)
    axes.xaxis.set_major_locator(matplotlib.ticker.FixedLocator([1000, 1500, 2000, 3000, 5000, 10000, 20000, 50000]))
    axes.xaxis.set_major_formatter(kilobytes)
    axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    axes.grid(True)
    axes.set_xlabel("the whole network")
    axes.set_ylabel("top-1 error on MNIST, %")
    axes.set_title("LeNet5: bytes and error; lower and further left is better", loc="left", fontsize=10)
    save(figure, path)


def vgg16(report, path):
    row = next(row for row in report["layers"] if (row["name"], row["layer"]) == ("VGG-16", "FC-0"))
    figure, axes = plt.subplots(figsize=SIZE)
    published = row["paper"]["i7-seconds"]
    point(axes, row["paper"]["bloomier-none"][1] * 1024, published, f"the paper's filter, as published, i7-6700K, {published} s", OTHERS,
          "s", (-9, 0))
    for system, colour, marker, text, place in (
            ("bloomier-none", FILTER, "^", "the paper's filter here (bloomier)", (-9, 0)),
            ("coupled", OURS, "o", "coupled", (9, 0)), ("context", OURS, "o", "context, exact", (-9, 0))):
        seconds = row["seconds"][system.split("-")[0]]
        point(axes, row["encodings"][system]["bytes"], seconds, f"{text}, {seconds:.2g} s", colour, marker, place)

    axes.set_yscale("log")
    axes.set_xlim(2.2e6, 3.4e6)
    axes.set_ylim(0.01, 60)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1e6:g} MB")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} s")
    axes.grid(True)
    axes.set_xlabel(f"the encoded layer; as float32 {row['weights'] * 4 / 1e6:.0f} MB")
    axes.set_ylabel("to decode it, one core")
    axes.set_title("VGG-16's FC-0, 25088 x 4096 at 3 %, ours synthetic: bytes and decoding time", loc="left", fontsize=10)
    save(figure, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("report", type=Path, nargs="?", default=ROOT / "artifacts/tables.json", metavar="TABLES.json")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs/pictures", help="where to write them")
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
