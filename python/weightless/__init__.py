"""Weights of neural networks in .wls files, for NumPy and PyTorch.

    import weightless

    weightless.save_file(model.state_dict(), "model.wls", clusters=16)
    model.load_state_dict(weightless.load_file("model.wls", framework="torch"))

    with weightless.safe_open("model.wls", framework="numpy") as file:
        for name in file.keys():
            rows = file.get_slice(name)[100:200]

`load_file` and `safe_open` decode by libweightless, in this process. `save_file`, `encode` and `inspect` run the program `weightless`.
Whatever fails raises `weightless.Error`, whose text is one line that names the file and the cause.
"""
from .errors import Error
from .reading import load_file, safe_open
from .writing import encode, inspect, save_file

__all__ = ["Error", "encode", "inspect", "load_file", "safe_open", "save_file"]
