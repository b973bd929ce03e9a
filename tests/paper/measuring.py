"""Measures one network, or one synthetic layer: bytes, seconds and errors."""
from pathlib import Path

import accuracy
import encoding
import figures
import timing
from command import run
from weightless.program import program

TIMED = ("bloomier", "coupled", "context")
KEPT = ("name", "pruning", "published", "synthetic", "shape", "density", "least-gain", "most-coupled", "most-error", "most-bytes")


def kept(source, **more):
    return {key: source[key] for key in KEPT if key in source} | more


def some_entry(systems):
    """Of a tensor's systems one; all agree on what the tensor is."""
    return next(iter(systems.values()))


def row(source, layer, reports, seconds, paper):
    entry = some_entry(some_entry(reports))
    result = kept(source, layer=layer, strength=source.get("strength", encoding.STRENGTH),
                  **{key: entry[key] for key in ("weights", "nonzeros", "clusters")},
                  encodings=encoding.merged(reports), seconds=seconds)
    result["paper"] = figures.paper_layer(paper, result)
    return result


def synthetic(source, paper, folder):
    """The row of a layer with the paper's shape and density, and random weights."""
    model = Path(folder, "model.safetensors")
    run(program(), "synthesize", source["shape"], f"--density={source['density']}", f"--clusters={source['clusters']}",
        "--seed=1", "-o", model)
    layer = source["layer"]
    source = source | {"synthetic": True, "layers": {layer: "weight"}}
    systems = encoding.compare(model, source, source)["weight"]
    files = {method: encoding.encode(model, source, method, Path(folder, f"{method}.wls"), source) for method in TIMED}
    model.unlink()
    seconds = timing.decoding_seconds(files, "weight", some_entry(systems)["weights"])
    return row(source, layer, {"both filters": systems}, seconds, paper)


def layers_of(network, model, paper, folder):
    """The rows of a network's layers."""
    tensors = {method: encoding.compare(model, network, network[method]) for method in figures.FILTERS}
    files = {method: encoding.encode(model, network, method, Path(folder, f"{method}.wls")) for method in TIMED}
    rows = []
    for layer, tensor in network["layers"].items():
        reports = {method: tensors[method][tensor] for method in figures.FILTERS}
        seconds = timing.decoding_seconds(files, tensor, some_entry(reports["coupled"])["weights"])
        rows.append(row(network, layer, reports, seconds, paper))
    return rows


def errors_of(network, model, images, folder):
    """Top-1 errors on the test images: of the network as trained, or as published, and as decoded by each method."""
    scale = network.get("pixel-scale", 1.0)

    def error(method, name):
        path = encoding.encode(model, network, method, Path(folder, f"{name}.wls"))
        return images.error(accuracy.decoded(network, path), "t10k", scale)

    decoded = {"exact": error("auto", "exact")}
    decoded |= {method: error(method, method) for method in figures.FILTERS if network["layers"]}
    if "published" in network:
        as_trained = {"pruned": error("stored", "stored"), "clustered": decoded["exact"]}
    else:
        as_trained = figures.trained_errors(figures.MODELS_PAGE.read_text(), model.name)
    return as_trained, decoded


def network(source, model, images, paper, folder):
    """What is to be said of a network, and the rows of its layers."""
    as_trained, decoded = errors_of(source, model, images, folder)
    result = kept(source, model=model.name, as_trained=as_trained, decoded=decoded,
                  file_bytes=Path(folder, "exact.wls").stat().st_size,
                  filters={method: source[method] for method in figures.FILTERS if method in source})
    return result, layers_of(source, model, paper, folder) if source["layers"] else []
