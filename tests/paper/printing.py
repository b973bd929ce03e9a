"""The report as text."""
import figures
from figures import label
from timing import A53_HERTZ, PREDICTED_BITS

INTRODUCTION = """\
Factor: dense float32 bytes / all bytes that the file holds for the layer. Ratio: our factor / the paper's, above 1 where ours is
smaller; both networks of a pair were pruned in the same manner, and trained apart. A dash: not legible in the paper.
"""
FILTER_NOTE = """\
The paper retrained the layers behind a filter around its false positives. Nothing is retrained here: that takes more bits a cell.
"""
CONTEXT_NOTE = """\
context at strength {strengths}. Synthetic weights lie at random: there is nothing in them that an exact
method could use.
"""
PREDICTION_NOTE = """\
Seconds here are of processor time, the fastest of several decodes, the methods taking turns.
Predicted, not measured: llvm-mca's {cycles} cycles a weight for the arm64 library's float32 loop, on a Cortex-A53 at
{megahertz:.0f} MHz, nothing else counted; that loop is for cells of up to {bits} bits, and a layer with * has larger ones.
"""
ERROR_NOTE = """\
* as trained: what the training program printed. The published network is measured here, as published and with its values
  clustered, not retrained. All others are measured now, on weights decoded from a .wls file; for coupled and bloomier from one
  in which the filter holds the layers of the tables, nothing retrained. t is the smallest whose false positives add at most
  {budget} points of error on the training images with the best of eight seeds, or the network's own budget in networks.toml
  (tables.py --choose-filters).
"""


def table(title, header, rows):
    """Lines of a table, the first column flush left and the others flush right."""
    cells = [header, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]).rstrip()
             for row in cells]
    return [title, "", lines[0], "-" * len(max(lines, key=len)), *lines[1:], ""]


def factor(value):
    return f"{value:.1f}x" if value < 100 else f"{value:.0f}x"


def seconds(value):
    return "-" if value is None else f"{value:.3g}" if value >= 1e-3 else f"{value:.6f}"


def times(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def percent(value):
    return "-" if value is None else f"{value:.2f}"


def layers(report):
    rows = [[label(row), f"{row['weights']:,}", f"{100 * row['nonzeros'] / row['weights']:.2f} %", str(row["clusters"]),
             str(row["encodings"]["coupled"]["cell_bits"]), str(row["encodings"]["bloomier-none"]["cell_bits"])]
            for row in report["layers"]]
    return table("The layers", ["layer", "weights", "density", "K", "t of coupled", "t of bloomier"], rows)


def beside_the_paper(printed, ours):
    """Four cells: the paper's factor and KiB, our factor, our bytes, the ratio."""
    paper = f"{factor(printed[0])} {f'({printed[1]:g})':>7}" if printed else "-"
    return [paper, factor(ours["factor"]), f"{ours['bytes']:,}", times(ours["factor"] / printed[0]) if printed else "-"]


def system_table(title, systems, report):
    header = ["layer"]
    for system in systems:
        coder = system.split("-")[1]
        header += [f"{'no coder' if coder == 'none' else coder}: paper (KiB)", "ours", "bytes", "ratio"]
    rows = [[label(row), *(cell for system in systems
                           for cell in beside_the_paper(row["paper"].get(system), row["encodings"][system]))]
            for row in report["layers"]]
    return table(title, header, rows)


def own_methods(report):
    rows = []
    for row in report["layers"]:
        coupled, context = row["encodings"]["coupled"], row["encodings"]["context"]
        best = figures.smallest(row["encodings"], figures.is_exact)
        paper_factor, paper_system = figures.best_of_paper(row["paper"])
        rows.append([label(row), factor(coupled["factor"]), f"{coupled['bytes']:,}", f"{figures.coupled_share(row):.3f}",
                     factor(context["factor"]), f"{context['bytes']:,}", best, factor(row["encodings"][best]["factor"]),
                     f"{factor(paper_factor)} {paper_system}", times(figures.gain(row))])
    return table("Ours: coupled, lossy as the Bloomier filter, and context, exact; the best exact method beside the paper's best",
                 ["layer", "coupled", "bytes", "/ bloomier", "context", "bytes", "best exact", "factor", "paper's best", "ratio"],
                 rows)


def strengths(report):
    """Of method context: the usual one, and the layers that have another."""
    usual = max(row["strength"] for row in report["layers"])
    others = [f"{row['strength']} for {label(row)}" for row in report["layers"] if row["strength"] != usual]
    return ", but ".join([str(usual), *others])


def decoding_times(report):
    rows = []
    for row in report["layers"]:
        paper, ours = row["paper"].get("i7-seconds"), row["seconds"]
        cells = [label(row), seconds(paper)]
        for method in "bloomier", "coupled", "context":
            cells += [seconds(ours[method]), times(paper / ours[method]) if paper else "-"]
        predicted, a53 = row["predicted_a53_seconds"], row["paper"]["a53-seconds"]
        mark = "*" if row["encodings"]["coupled"]["cell_bits"] > PREDICTED_BITS else " "
        rows.append([*cells, seconds(a53), seconds(predicted) + mark, times(a53 / predicted)])
    return table("Table 4: seconds to decode a layer to float32 on one core, and how many times faster than the paper's",
                 ["layer", "paper, i7", "bloomier", "times", "coupled", "times", "context", "times",
                  "paper, A53", "coupled, A53 predicted ", "times"], rows)


def errors_of(network):
    if "missing" in network:
        return [label(network), *["-"] * 9]
    trained, decoded, filters = network["as_trained"], network["decoded"], network["filters"]
    cells = [label(network), *(percent(trained.get(kind)) for kind in ("dense", "pruned", "clustered"))]
    cells.append(percent(decoded["exact"]))
    for method in figures.FILTERS:
        cells += [percent(decoded.get(method)), f"t = {filters[method]['cell-bits']}" if method in filters else ""]
    return [*cells, f"{network['file_bytes']:,}"]


def errors(report):
    return table("Top-1 error on MNIST's 10,000 test images, percent",
                 ["network", "dense*", "pruned*", "clustered*", "exact", "coupled", "", "bloomier", "", "whole file, bytes"],
                 [errors_of(network) for network in report["networks"]])


def bar_line(bar):
    if bar["value"] is None:
        return f"MISSED  {bar['what']}"
    form = {"bytes": ",.0f", "points": "+.2f", "%": ".2f"}.get(bar["unit"], ".3f")
    return (f"{'met   ' if bar['met'] else 'MISSED'}  {bar['what']}: {bar['value']:{form}}, "
            f"at {'least' if bar['least'] else 'most'} {bar['limit']:{form}} {bar['unit']}").rstrip()


def text(report):
    lines = [INTRODUCTION, *layers(report)]
    for title, systems in figures.TABLES.items():
        lines += system_table(title, systems, report)
    lines += [FILTER_NOTE, *own_methods(report), CONTEXT_NOTE.format(strengths=strengths(report)), *decoding_times(report),
              PREDICTION_NOTE.format(cycles=report["a53_cycles"], megahertz=A53_HERTZ / 1e6, bits=PREDICTED_BITS),
              *errors(report), ERROR_NOTE.format(budget=report["training_error_budget"]),
              "The bars", "", *map(bar_line, report["bars"]), "",
              f"{sum(bar['met'] for bar in report['bars'])} of {len(report['bars'])} met"]
    return "\n".join(lines)
