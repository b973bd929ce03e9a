"""The functions of weightless.h, by ctypes. They are documented there."""
import ctypes
from ctypes import POINTER, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path

from .errors import Error

VERSION_MAJOR = 1
MAX_RANK = 8


class Model(ctypes.Structure):
    """wl_model"""

    _fields_ = [("data", c_void_p), ("size", c_size_t), ("opaque", c_uint64 * 12)]


class Tensor(ctypes.Structure):
    """wl_tensor"""

    _fields_ = [("name", c_void_p), ("stored", c_void_p), ("shape", c_uint64 * MAX_RANK)]
    _fields_ += [(name, c_uint64) for name in ("rows", "columns", "nonzeros", "encoded_bytes", "channels")]
    _fields_ += [(name, c_uint32) for name in (
        "name_length", "rank", "type", "method", "coder", "clusters", "cell_bits", "grid_bits", "channel_axis", "reserved")]


SIGNATURES = {
    "wl_open": (c_void_p, c_size_t, POINTER(Model)),
    "wl_index_size": (POINTER(Model), POINTER(c_size_t)),
    "wl_index": (POINTER(Model), c_void_p, c_size_t),
    "wl_tensor_info": (POINTER(Model), c_uint32, POINTER(Tensor)),
    "wl_workspace_size": (POINTER(Model), c_uint32, POINTER(c_size_t)),
    "wl_decode_rows": (POINTER(Model), c_uint32, c_uint32, c_uint64, c_uint64, c_void_p, c_size_t, c_void_p, c_size_t),
}


def load():
    """The library beside this file, as it is in the wheel, or else the one that is installed on this machine."""
    bundled = Path(__file__).with_name("libweightless.so")
    try:
        library = ctypes.CDLL(str(bundled) if bundled.is_file() else f"libweightless.so.{VERSION_MAJOR}")
    except OSError as cause:
        raise Error(f"libweightless cannot be loaded: {cause}") from None
    library.wl_version.restype = c_uint32
    library.wl_tensor_count.argtypes, library.wl_tensor_count.restype = (POINTER(Model),), c_uint32
    library.wl_status_string.argtypes, library.wl_status_string.restype = (c_int32,), c_char_p
    for name, arguments in SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, c_int32
    if library.wl_version() >> 16 != VERSION_MAJOR:
        raise Error(f"libweightless has the ABI {library.wl_version() >> 16}, and not {VERSION_MAJOR}")
    return library


LIBRARY = load()


def call(what, function, *arguments):
    """Calls the function; a status that is not WL_OK is an error about `what`."""
    status = getattr(LIBRARY, function)(*arguments)
    if status != 0:
        raise Error(f"{what}: {LIBRARY.wl_status_string(status).decode()}")
