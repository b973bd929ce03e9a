"""Element types of tensors, and memory for tensors in each framework."""
import importlib
from typing import NamedTuple

import numpy as np

from .errors import Error

FRAMEWORKS = {"numpy": "numpy", "np": "numpy", "torch": "torch", "pt": "torch"}


class Element(NamedTuple):
    """A type: its number in weightless.h, its name in safetensors, and in NumPy and PyTorch."""

    number: int
    name: str
    dtype: str


# In the order of weightless.h.
ELEMENTS = tuple(Element(number, name, dtype) for number, (name, dtype) in enumerate((
    ("F32", "float32"), ("F16", "float16"), ("BF16", "bfloat16"), ("I8", "int8"), ("U8", "uint8"), ("F64", "float64"),
    ("I16", "int16"), ("U16", "uint16"), ("I32", "int32"), ("U32", "uint32"), ("I64", "int64"), ("U64", "uint64"),
    ("BOOL", "bool"))))
BY_DTYPE = {element.dtype: element for element in ELEMENTS}
F32, BF16 = BY_DTYPE["float32"], BY_DTYPE["bfloat16"]


class NumPy:
    """Arrays of NumPy, which has no bfloat16: such tensors are float32, with the same values."""

    def __init__(self, device="cpu"):
        if str(device) != "cpu":
            raise Error(f"{device}: NumPy has no device but cpu")

    def element(self, element):
        return F32 if element == BF16 else element

    def empty(self, shape, element):
        return np.empty(shape, element.dtype)

    def memory(self, array):
        return array.ctypes.data, array.nbytes

    def finished(self, array):
        return array


class Torch:
    """Tensors of PyTorch. They are decoded on the CPU and then moved to the device."""

    def __init__(self, device="cpu"):
        self.torch = importlib.import_module("torch")
        self.device = device

    def element(self, element):
        if not hasattr(self.torch, element.dtype):
            raise Error(f"this version of PyTorch has no {element.dtype}")
        return element

    def empty(self, shape, element):
        return self.torch.empty(shape, dtype=getattr(self.torch, element.dtype))

    def memory(self, tensor):
        return tensor.data_ptr(), tensor.numel() * tensor.element_size()

    def finished(self, tensor):
        return tensor.to(self.device)


def framework(name, device):
    """What makes tensors of the framework with this name: numpy (np) or torch (pt), as in safetensors."""
    found = FRAMEWORKS.get(name)
    if found is None:
        raise Error(f"{name}: not a framework, which are {', '.join(FRAMEWORKS)}")
    return NumPy(device) if found == "numpy" else Torch(device)
