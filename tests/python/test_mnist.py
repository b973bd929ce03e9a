"""Tests of the reader of MNIST's files, and of moved images: tests/python/run"""
import gzip
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

import mnist


def idx(array):
    """The bytes of an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape) + array.tobytes()


def write(folder, part, images, labels):
    for name, array in (f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels):
        Path(folder, name).write_bytes(idx(array.astype(np.uint8)))


class MnistTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.images, self.labels = np.arange(3 * 784).reshape(3, 28, 28) % 256, np.array([7, 0, 9])
        write(self.folder, "t10k", self.images, self.labels)

    def refused(self, *, by=mnist.FormatError):
        with self.assertRaises(by) as caught:
            mnist.load(self.folder, "t10k")
        self.assertIn(str(self.folder), str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))

    def test_plain_and_gzipped(self):
        plain = mnist.load(self.folder, "t10k")
        for path in self.folder.iterdir():
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
        for images, labels in plain, mnist.load(self.folder, "t10k"):
            self.assertTrue(np.array_equal((images * 255).round().numpy(), self.images.reshape(3, 784)))
            self.assertEqual(labels.tolist(), [7, 0, 9])

    def test_a_missing_file(self):
        Path(self.folder, "t10k-labels-idx1-ubyte").unlink()
        self.refused(by=FileNotFoundError)

    def test_truncated_and_overlong_files(self):
        path = Path(self.folder, "t10k-images-idx3-ubyte")
        whole = path.read_bytes()
        for data in b"", whole[:3], whole[:15], whole[:-1], whole + b"\0", b"PK" + whole[2:]:
            path.write_bytes(data)
            self.refused()

    def test_a_broken_gzip_file(self):
        path = Path(self.folder, "t10k-images-idx3-ubyte")
        zipped = gzip.compress(path.read_bytes())
        path.unlink()
        for data in zipped[:-9], b"not gzip", zipped[:20] + b"\xff" * 20 + zipped[40:]:
            Path(self.folder, path.name + ".gz").write_bytes(data)
            self.refused()

    def test_images_and_labels_that_do_not_fit(self):
        for labels in [7, 0], [7, 0, 10], []:
            write(self.folder, "t10k", self.images, np.array(labels))
            self.refused()

    def test_shifted_images(self):
        images = torch.zeros(200, 28, 28)
        images[:, 10, 20] = 1
        moved = mnist.shifted(images.view(200, 784), 1, torch.Generator().manual_seed(1)).view(200, 28, 28)
        places = {tuple(place) for _, *place in moved.nonzero().tolist()}
        self.assertEqual(places, {(y, x) for y in (9, 10, 11) for x in (19, 20, 21)})
        self.assertEqual(moved.sum(), 200)


if __name__ == "__main__":
    unittest.main()
