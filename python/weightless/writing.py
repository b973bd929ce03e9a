"""From tensors to .wls files, by the program `weightless`."""
import json
import os
import tempfile
from pathlib import Path

import numpy as np

from .elements import BF16, BY_DTYPE
from .errors import Error
from .program import run


def save_file(tensors, filename, metadata=None, **options):
    """Encodes a mapping of names to tensors, of NumPy or PyTorch, as a .wls file. The keywords are those of `encode`."""
    encode(tensors, filename, metadata, **options)


def encode(model, filename, metadata=None, **options):
    """Encodes `model` as a .wls file; returns what `inspect` says of that.

    `model` is a mapping of names to tensors, or the path of a file that the program reads (.safetensors, .npz, .npy).
    Keywords are the options of `weightless encode`, with its defaults: `cell_bits=6` is --cell-bits=6, `tensor=["a", "b"]` is
    --tensor=a --tensor=b, and None leaves one out.
    """
    arguments = [argument for name, value in options.items() for argument in option(name, value)]
    with tempfile.TemporaryDirectory() as folder:
        if not isinstance(model, (str, os.PathLike)):
            tensors, model = model, Path(folder, "model.safetensors")
            write_safetensors(model, tensors, metadata)
        elif metadata is not None:
            raise Error(f"{model}: a file has the metadata that it has")
        run("encode", model, "-o", Path(filename), *arguments)
    return inspect(filename)


def inspect(filename):
    """What the .wls file holds: {"file_bytes": ..., "tensors": [{"name": ..., "encoded_bytes": ..., ...}, ...]}."""
    return json.loads(run("inspect", filename, "--json"))


def option(name, value):
    """The arguments that an option of the program takes."""
    flag = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    values = value if isinstance(value, (list, tuple)) else [value]
    return [f"{flag}={one}" for one in values]


def write_safetensors(path, tensors, metadata):
    """See https://github.com/huggingface/safetensors#format. The package of that name is not needed."""
    arrays = {name: as_array(name, tensor) for name, tensor in tensors.items()}
    header, begin = {} if metadata is None else {"__metadata__": metadata}, 0
    for name, (element, array) in arrays.items():
        end = begin + array.nbytes
        header[name] = {"dtype": element.name, "shape": array.shape, "data_offsets": (begin, end)}
        begin = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, array in arrays.values():
            file.write(array.tobytes())


def as_array(name, tensor):
    """The tensor's type, and its bits as an array of NumPy."""
    dtype = str(tensor.dtype).rpartition(".")[2] if hasattr(tensor, "detach") else np.asarray(tensor).dtype.name
    element = BY_DTYPE.get(dtype)
    if element is None:
        raise Error(f"{name}: a .wls file cannot hold {dtype}")
    if not hasattr(tensor, "detach"):
        array = np.asarray(tensor)
        return element, array.astype(array.dtype.newbyteorder("<"), copy=False)
    tensor = tensor.detach().cpu().contiguous()
    if element == BF16:  # which NumPy has not
        import torch
        tensor = tensor.view(torch.int16)
    return element, tensor.numpy()
