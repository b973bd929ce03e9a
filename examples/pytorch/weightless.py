"""State dicts of PyTorch to .wls files and back, by way of the `weightless` program.

    import weightless

    report = weightless.encode(model.state_dict(), "model.wls", method="csr", coder="arithmetic")
    print(report["file_bytes"], report["tensors"][0]["factor"])
    model.load_state_dict(weightless.decode("model.wls"))

The program is $WEIGHTLESS if that is set, artifacts/bin/weightless of this repository if `make build` made it, or else
`weightless` on the PATH. Whatever fails raises `weightless.Error`, whose text is one line that names the file and the cause.
"""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

BUILT = Path(__file__).resolve().parents[2] / "artifacts/bin/weightless"


class Error(RuntimeError):
    """The program cannot be found or run, or it refused; or a tensor is of a type that .npz cannot hold."""


def encode(model, path, *, method=None, coder=None, density=None, clusters=None, cell_bits=None, seed=None, tensors=()):
    """Encodes `model` as the .wls file `path`; returns what `inspect` says of it.

    `model` is a mapping of names to tensors, or the path of a file that the program reads (.safetensors, .npz, .npy).
    The keywords are the options of `weightless encode`, with its defaults. `tensors` are patterns: only the tensors whose
    names match one are pruned, clustered and encoded, and all others are stored as they are.
    """
    options = {"method": method, "coder": coder, "density": density, "clusters": clusters, "cell-bits": cell_bits, "seed": seed}
    arguments = [f"--{name}={value}" for name, value in options.items() if value is not None]
    arguments += [f"--tensor={pattern}" for pattern in tensors]
    with tempfile.TemporaryDirectory() as folder:
        if not isinstance(model, (str, Path)):
            tensors_by_name, model = model, Path(folder, "model.npz")
            np.savez(model, **{name: as_array(name, tensor) for name, tensor in tensors_by_name.items()})
        run("encode", model, "-o", path, *arguments)
    return inspect(path)


def decode(path):
    """The tensors of the .wls file `path` by name, in the file's order, for `load_state_dict`."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model.npz")
        run("decode", path, "-o", model)
        with np.load(model) as arrays:
            return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


def inspect(path):
    """What the .wls file `path` holds: {"file_bytes": ..., "tensors": [{"name": ..., "encoded_bytes": ..., ...}, ...]}."""
    return json.loads(run("inspect", path, "--json"))


def as_array(name, tensor):
    if not isinstance(tensor, torch.Tensor):
        return np.asarray(tensor)
    try:
        return tensor.detach().cpu().numpy()
    except TypeError:
        raise Error(f"{name}: {tensor.dtype} has no counterpart in .npz; convert it to float32 first") from None


def program():
    """The path of the program."""
    chosen = os.environ.get("WEIGHTLESS") or (str(BUILT) if BUILT.is_file() else "weightless")
    found = shutil.which(chosen)
    if not found:
        raise Error(f"{chosen}: no such program; run `make build`, or set $WEIGHTLESS to the path of `weightless`")
    return found


def run(command, path, *arguments):
    """Runs the program; returns what it printed."""
    path = os.path.abspath(path)  # a name that begins with - would be an option
    arguments = [os.path.abspath(argument) if isinstance(argument, Path) else str(argument) for argument in arguments]
    result = subprocess.run([program(), command, path, *arguments],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if result.returncode != 0:
        raise Error(last_line(result.stderr) or f"weightless {command}: exit code {result.returncode}")
    return result.stdout


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
