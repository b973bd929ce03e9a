"""Reads MNIST's IDX files, plain or gzipped."""
import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import torch

SIDE = 28
PIXELS = SIDE * SIDE


class FormatError(ValueError):
    """A file is not what MNIST's files are."""


def read_idx(path):
    """The array of unsigned bytes in an IDX file."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        try:
            data = file.read()
        except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
            raise FormatError(f"{path}: broken gzip file: {cause}") from None
    if len(data) < 4 or data[:3] != b"\0\0\x08":  # 8 = unsigned byte
        raise FormatError(f"{path}: not an IDX file of bytes")
    start = 4 + 4 * data[3]
    shape = [int.from_bytes(data[i:i + 4], "big") for i in range(4, start, 4)]
    if len(data) < start or len(data) - start != math.prod(shape):
        raise FormatError(f"{path}: {len(data)} bytes do not match the shape {shape} in its header")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def load(folder, part):
    """Images (n x 784 floats, pixel / 255) and labels of `part`, "train" or "t10k"."""
    if not Path(folder).is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")

    def read(name):
        for path in (Path(folder, name), Path(folder, name + ".gz")):
            if path.is_file():
                return read_idx(path)
        raise FileNotFoundError(f"{folder}: holds neither {name} nor {name}.gz")

    images, labels = read(f"{part}-images-idx3-ubyte"), read(f"{part}-labels-idx1-ubyte")
    if images.shape != (len(labels), SIDE, SIDE) or len(labels) == 0 or labels.max() > 9:
        raise FormatError(f"{folder}: the {part} images and labels do not fit together")
    return (torch.from_numpy(images.reshape(-1, PIXELS).astype(np.float32) / 255),
            torch.from_numpy(labels.astype(np.int64)))


def shifted(images, reach, generator):
    """The images, each moved by up to `reach` pixels either way on both axes, with black behind."""
    padded_side = SIDE + 2 * reach
    padded = torch.nn.functional.pad(images.view(-1, SIDE, SIDE), [reach] * 4).flatten(1)
    window = (torch.arange(SIDE)[:, None] * padded_side + torch.arange(SIDE)).flatten()
    moves = torch.randint(2 * reach + 1, (len(images), 2), generator=generator)
    corner = moves[:, 0] * padded_side + moves[:, 1]
    return padded.gather(1, corner[:, None] + window)
