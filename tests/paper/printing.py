"""The report as text."""
import figures
from figures import label
from timing import A53_HERTZ, PREDICTED_BITS


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


def layers(report):
    rows = [[label(row), f"{row['weights']:,}", f"{100 * row['nonzeros'] / row['weights']:.2f} %", str(row["clusters"]),
             str(row["encodings"]["coupled"]["cell_bits"]), str(row["encodings"]["bloomier-none"]["cell_bits"])]
            for row in report["layers"]]
    return table("The layers", ["layer", "weights", "density", "K", "t of coupled", "t of bloomier"], rows)


def system_table(title, systems, report):
    header = ["layer"]
    for system in systems:
        coder = system.split("-")[1]
        header += [f"{'no coder' if coder == 'none' else coder}: paper (KiB)", "ours", "bytes", "ratio"]
    rows = []
    for row in report["layers"]:
        cells = [label(row)]
        for system in systems:
            ours = row["encodings"][system]
            printed = row["paper"].get(system)
            cells += [f"{factor(printed[0])} {f'({printed[1]:g})':>7}" if printed else "-"]
            cells += [factor(ours["factor"]), f"{ours['bytes']:,}", times(ours["factor"] / printed[0]) if printed else "-"]
        rows.append(cells)
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
    return table("Ours: coupled (lossy, as the Bloomier filter), context (exact); the best exact method beside the paper's best, exact or not",
                 ["layer", "coupled", "bytes", "/ bloomier", "context", "bytes", "best exact", "factor", "paper's best", "ratio"], rows)


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
        for method in ("bloomier", "coupled", "context"):
            cells += [seconds(ours[method]), times(paper / ours[method]) if paper else "-"]
        predicted, a53 = row["predicted_a53_seconds"], row["paper"]["a53-seconds"]
        mark = "*" if row["encodings"]["coupled"]["cell_bits"] > PREDICTED_BITS else " "
        rows.append([*cells, seconds(a53), seconds(predicted) + mark, times(a53 / predicted)])
    return table("Table 4: seconds to decode a layer to float32 on one core, and how many times faster than the paper's",
                 ["layer", "paper, i7", "bloomier", "times", "coupled", "times", "context", "times",
                  "paper, A53", "coupled, A53 predicted", "times"], rows)


def filter_choice(network, method):
    choice = network["filters"].get(method)
    return f"t = {choice['cell-bits']}" if choice else ""


def errors(report):
    def percent(value):
        return "-" if value is None else f"{value:.2f}"

    rows = []
    for network in report["networks"]:
        if "missing" in network:
            rows.append([label(network), *["-"] * 9])
            continue
        trained, decoded = network["as_trained"], network["decoded"]
        rows.append([label(network), *(percent(trained.get(kind)) for kind in ("dense", "pruned", "clustered")),
                     percent(decoded["exact"]), *(cell for method in figures.FILTERS
                                                  for cell in (percent(decoded.get(method)), filter_choice(network, method))),
                     f"{network['file_bytes']:,}"])
    return table("Top-1 error on MNIST's 10,000 test images, percent",
                 ["network", "dense*", "pruned*", "clustered*", "exact", "coupled", "", "bloomier", "", "whole file, bytes"], rows)


def bar_lines(report):
    lines = ["The bars", ""]
    for bar in report["bars"]:
        if bar["value"] is None:
            lines.append(f"MISSED  {bar['what']}")
            continue
        value = f"{bar['value']:,.0f}" if bar["unit"] == "bytes" else f"{bar['value']:+.2f}" if bar["unit"] == "points" else f"{bar['value']:.3g}"
        limit = f"{bar['limit']:,.0f}" if bar["unit"] == "bytes" else f"{bar['limit']:.2f}"
        lines.append(f"{'met   ' if bar['met'] else 'MISSED'}  {bar['what']}: {value}, at {'least' if bar['least'] else 'most'} "
                     f"{limit} {bar['unit']}".rstrip())
    met = sum(bar["met"] for bar in report["bars"])
    return [*lines, "", f"{met} of {len(report['bars'])} met"]


def text(report):
    lines = ["Factor: dense float32 bytes / all bytes that the file holds for the layer. Ratio: our factor / the paper's, above 1 where ours "
             "is smaller;", "both networks of a pair were pruned in the same way and trained apart. A dash: not legible in the paper.", ""]
    lines += layers(report)
    for title, systems in figures.TABLES.items():
        lines += system_table(title, systems, report)
    lines += ["The paper retrained the layers behind a filter around its false positives. Nothing is retrained here, which takes more bits a "
              "cell.", ""]
    lines += own_methods(report)
    lines += [f"context at strength {strengths(report)}. Synthetic weights lie at random: there is nothing in them that an exact method "
              "could use.", ""]
    lines += decoding_times(report)
    lines += [f"Predicted, not measured: llvm-mca's {report['a53_cycles']} cycles a weight for the arm64 library's float32 loop, on a "
              f"Cortex-A53 at {A53_HERTZ / 1e6:.0f} MHz,", f"nothing else counted; that loop is for cells of up to {PREDICTED_BITS} bits, and "
              "a layer with * has larger ones.", ""]
    lines += errors(report)
    lines += ["* as trained: what the training program printed. The published network is measured here, as published and with its values",
              "  clustered, not retrained. All others are measured now, on weights decoded from a .wls file; for coupled and bloomier from one",
              "  in which the filter holds the layers of the tables, nothing retrained. t is the smallest whose false positives add at most",
              f"  {report['training_error_budget']} points of error on the training images with the best of eight seeds (tables.py --choose-filters).", ""]
    return "\n".join(lines + bar_lines(report))
