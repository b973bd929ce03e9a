"""From .wls files to tensors, in the manner of safetensors."""
import ctypes
import mmap
import os
import threading

import numpy as np

from . import library
from .elements import ELEMENTS, framework as framework_named
from .errors import Error
from .library import call


def load_file(filename, framework="numpy", device="cpu"):
    """The tensors of the .wls file by name, in the file's order: those that `weightless decode` gives.

    `framework` is "numpy" or "torch". NumPy has no bfloat16, so that such tensors come as float32 there.
    """
    with safe_open(filename, framework, device) as file:
        return {name: file.get_tensor(name) for name in file.keys()}


class safe_open:  # noqa: N801, as in safetensors
    """An open .wls file, of which tensors are decoded when they are asked for.

    The file is mapped, and must not change meanwhile. Tensors stay good after it is closed. It may be used by several threads.
    """

    def __init__(self, filename, framework="numpy", device="cpu"):
        self._file = os.fspath(filename)
        self._framework = framework_named(framework, device)
        self._data = mapped(self._file)
        self._model = library.Model()
        call(self._file, "wl_open", self._data.ctypes.data, self._data.size, self._model)
        size = ctypes.c_size_t()
        call(self._file, "wl_index_size", self._model, size)
        self._index = np.empty(size.value, np.uint8)
        call(self._file, "wl_index", self._model, self._index.ctypes.data, self._index.size)
        self._numbers = {}
        for number in range(library.LIBRARY.wl_tensor_count(self._model)):
            tensor = self._tensor(number)
            name = ctypes.string_at(tensor.name, tensor.name_length).decode(errors="surrogateescape")
            self._numbers.setdefault(name, number)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._model = self._data = self._index = None

    def keys(self):
        """The names of the tensors, in the file's order."""
        return list(self._numbers)

    def get_tensor(self, name):
        """The whole tensor."""
        return self.get_slice(name)[...]

    def get_slice(self, name):
        """A part of the tensor, to be chosen by an index: see `Slice`."""
        if self._model is None:
            raise Error(f"{self._file}: is closed")
        if name not in self._numbers:
            raise Error(f"{self._file}: has no tensor {name!r}")
        return Slice(self, name, self._numbers[name])

    def _tensor(self, number):
        tensor = library.Tensor()
        call(self._file, "wl_tensor_info", self._model, number, tensor)
        return tensor


class Slice:
    """A tensor that is still encoded. `slice[10:20]` and `slice[10:20, 5]` decode the rows from 10 to 19, and no others.

    Any other index decodes the tensor, and then is applied to it. For what a band of rows costs see wl_decode_rows in
    weightless.h: bands in ascending order cost one decode of the tensor in all.
    """

    def __init__(self, file, name, number):
        self._file = file  # keeps the data
        self._model, self._memory = file._model, (file._data, file._index)
        self._what, self._number, self._framework = f"{file._file}: {name}", number, file._framework
        self._tensor = file._tensor(number)
        self._shape = list(self._tensor.shape[:self._tensor.rank])
        size = ctypes.c_size_t()
        call(self._what, "wl_workspace_size", self._model, number, size)
        self._workspace = np.empty(size.value, np.uint8)
        self._workspace_in_use = threading.Lock()

    def get_shape(self):
        return list(self._shape)

    def get_dtype(self):
        """The type in the file, by its name in safetensors: F32, BF16, I8 and so on."""
        return ELEMENTS[self._tensor.type].name

    def __getitem__(self, index):
        first, *others = index if isinstance(index, tuple) and index else (index,)
        if self._shape and isinstance(first, slice) and first.step in (None, 1):
            start, stop, _ = first.indices(self._shape[0])
            band = self._rows(start, max(stop - start, 0))
            return band[(slice(None), *others)] if others else band
        if self._shape and isinstance(first, (int, np.integer)) and not isinstance(first, bool):
            row = int(first)
            if not -self._shape[0] <= row < self._shape[0]:
                raise IndexError(f"{self._what}: has no row {row}")
            return self._rows(row % self._shape[0], 1)[(0, *others)]
        whole = self._rows(0, self._tensor.rows)
        return whole if index is Ellipsis else whole[index]

    def _rows(self, first, count):
        """So many rows from the first one on; of a scalar there is one."""
        element = self._framework.element(ELEMENTS[self._tensor.type])
        try:
            rows = self._framework.empty([count, *self._shape[1:]] if self._shape else [], element)
        except (MemoryError, OverflowError, RuntimeError, ValueError):
            raise Error(f"{self._what}: is too large for this machine's memory") from None
        with self._workspace_in_use:
            call(self._what, "wl_decode_rows", self._model, self._number, element.number, first, count,
                 *self._framework.memory(rows), self._workspace.ctypes.data, self._workspace.size)
        return self._framework.finished(rows)


def mapped(filename):
    """The bytes of a file, read-only."""
    try:
        with open(filename, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return np.empty(0, np.uint8)
            return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    except (OSError, ValueError) as cause:
        raise Error(f"{filename}: {getattr(cause, 'strerror', None) or cause}") from None
