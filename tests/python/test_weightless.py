"""Tests of the package weightless, with the real program and library: tests/python/run"""
import json
import math
import os
import struct
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

import weightless
from weightless.elements import ELEMENTS
from weightless.program import run

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted(ROOT.joinpath("tests/golden").glob("*.wls"))
MODELS = sorted(ROOT.joinpath("examples/models").glob("*.npz"))
NOT_IN_TORCH = {element.name for element in ELEMENTS if not hasattr(torch, element.dtype)}


def sparse(rows, columns, values, seed=1):
    """A matrix that is zero but for about a tenth of it, with these values."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(10 * len(values), (rows, columns), generator=generator)
    return torch.tensor(list(values) + [0.0] * (9 * len(values)))[ids]


def read_safetensors(path):
    """{name: (type, shape, bytes)}"""
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    return {name: (entry["dtype"], entry["shape"], data[start + entry["data_offsets"][0]:start + entry["data_offsets"][1]])
            for name, entry in header.items() if name != "__metadata__"}


def bits(tensor):
    """The tensor's bytes."""
    if isinstance(tensor, torch.Tensor):
        tensor = (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy()
    return tensor.tobytes()


def widened(bfloat16):
    """The bytes of the float32 with the same values."""
    return (np.frombuffer(bfloat16, "<u2").astype("<u4") << 16).tobytes()


class PackageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "model.wls"
        self.state = {"fc0.weight": sparse(40, 50, [-0.5, 0.25, 1.5]), "fc0.bias": torch.linspace(-1, 1, 40)}


class ReadingTest(PackageTest):
    def decoded_by_the_program(self, path):
        model = self.folder / "decoded.safetensors"
        run("decode", path, "-o", model)
        return read_safetensors(model)

    def assert_equals_decode(self, path):
        expected = self.decoded_by_the_program(path)
        arrays = weightless.load_file(path)
        self.assertEqual(list(arrays), list(expected))
        with weightless.safe_open(path, framework="pt") as file:
            self.assertEqual(file.keys(), list(expected))
            for name, (dtype, shape, data) in expected.items():
                part = file.get_slice(name)
                self.assertEqual((part.get_dtype(), part.get_shape()), (dtype, shape), name)
                self.assertEqual(list(arrays[name].shape), shape)
                self.assertEqual(bits(arrays[name]), widened(data) if dtype == "BF16" else data, name)
                if dtype in NOT_IN_TORCH:
                    self.assertRaisesRegex(weightless.Error, "PyTorch has no", file.get_tensor, name)
                else:
                    tensor = file.get_tensor(name)
                    self.assertEqual(list(tensor.shape), shape)
                    self.assertEqual(bits(tensor), data, name)
        return expected

    def test_golden_files_as_the_program_decodes_them(self):
        types = set()
        for path in GOLDEN:
            with self.subTest(path=path.name):
                types |= {dtype for dtype, _, _ in self.assert_equals_decode(path).values()}
        self.assertEqual(types, {element.name for element in ELEMENTS})

    def test_models_as_the_program_decodes_them(self):
        self.assertTrue(MODELS)
        for model in MODELS:
            with self.subTest(model=model.name):
                weightless.encode(model, self.file)
                self.assert_equals_decode(self.file)
                with np.load(model) as arrays:
                    decoded = weightless.load_file(self.file)
                    self.assertEqual(sorted(decoded), sorted(arrays.files))
                    for name in arrays.files:
                        self.assertTrue(np.array_equal(decoded[name], arrays[name]), name)

    def test_load_file_of_pytorch(self):
        weightless.save_file(self.state, self.file)
        decoded = weightless.load_file(self.file, framework="torch", device="cpu")
        self.assertEqual(list(decoded), list(self.state))
        for name, tensor in self.state.items():
            self.assertTrue(torch.equal(decoded[name], tensor), name)

    def test_tensors_may_be_written_to_and_outlive_the_file(self):
        weightless.save_file(self.state, self.file, method="stored")
        with weightless.safe_open(self.file, framework="numpy") as file:
            array, part = file.get_tensor("fc0.bias"), file.get_slice("fc0.weight")
        before = self.file.read_bytes()
        array[:] = 7
        self.assertEqual(self.file.read_bytes(), before)
        self.assertTrue(np.array_equal(part[3:5], self.state["fc0.weight"][3:5].numpy()))
        self.assertRaisesRegex(weightless.Error, "closed", file.get_tensor, "fc0.bias")

    def test_slices_are_those_of_the_whole_tensor(self):
        shape = 12, 3, 5
        whole = sparse(math.prod(shape), 1, [-0.5, 0.25, 1.5]).reshape(shape)
        indexes = [np.s_[:], np.s_[...], np.s_[2:7], np.s_[:5], np.s_[-3:], np.s_[5:5], np.s_[9:2], np.s_[100:], np.s_[4], np.s_[-1],
                   np.s_[np.int64(3)], np.s_[2:7, 1], np.s_[2:7, :, 1:3], np.s_[4, 2, 1], np.s_[..., 0], np.s_[2:7, ..., -1],
                   np.s_[::2], np.s_[1:9:3, 0], [1, 5], np.s_[None]]
        for method in "stored", "dense", "csr", "context", "words", "coupled":
            weightless.save_file({"x": whole}, self.file, method=method)
            for framework, convert in ("np", np.asarray), ("pt", torch.as_tensor):
                with weightless.safe_open(self.file, framework) as file:
                    part, all_of_it = file.get_slice("x"), file.get_tensor("x")
                    if method != "coupled":
                        self.assertTrue(np.array_equal(all_of_it, whole))
                    for index in indexes:
                        expected = all_of_it[index]
                        self.assertEqual(part[index].shape, expected.shape, (method, index))
                        self.assertTrue(np.array_equal(part[index], expected), (method, index))
                    for row in 12, -13:
                        with self.assertRaises(IndexError):
                            part[row]

    def test_scalars_and_empty_tensors(self):
        state = {"scalar": np.float32(2.5), "none": np.empty((0, 7), np.float32), "vector": np.arange(3, dtype=np.int64)}
        weightless.save_file(state, self.file)
        with weightless.safe_open(self.file) as file:
            self.assertEqual(file.get_tensor("scalar").shape, ())
            self.assertEqual(file.get_tensor("scalar"), 2.5)
            self.assertEqual(file.get_slice("scalar").get_shape(), [])
            self.assertEqual(file.get_slice("none")[0:3].shape, (0, 7))
            self.assertEqual(file.get_slice("vector")[1:].tolist(), [1, 2])

    def test_one_slice_in_several_threads(self):
        weight = sparse(400, 50, [-0.5, 0.25, 1.5])
        weightless.save_file({"x": weight}, self.file, method="context")
        with weightless.safe_open(self.file) as file:
            part, wrong = file.get_slice("x"), []

            def read(first):
                for row in range(first, 400, 4):
                    if not np.array_equal(part[row:row + 1], weight[row:row + 1].numpy()):
                        wrong.append(row)

            threads = [threading.Thread(target=read, args=(first,)) for first in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(wrong, [])

    def test_errors_are_one_line_with_the_name(self):
        files = {"missing.wls": None, "empty.wls": b"", "damaged.wls": b"not a model", "short.wls": GOLDEN[0].read_bytes()[:-70]}
        for name, data in files.items():
            path = self.folder / name
            if data is not None:
                path.write_bytes(data)
            for call in weightless.load_file, weightless.safe_open, weightless.inspect:
                with self.assertRaises(weightless.Error) as caught:
                    call(path)
                self.assertIn(name, str(caught.exception))
                self.assertNotIn("\n", str(caught.exception))
        with self.assertRaisesRegex(weightless.Error, "folder|directory"):
            weightless.load_file(self.folder)

    def test_a_wrong_name_or_framework_is_an_error(self):
        with self.assertRaisesRegex(weightless.Error, "tensorflow"):
            weightless.load_file(GOLDEN[0], framework="tensorflow")
        with self.assertRaisesRegex(weightless.Error, "cuda"):
            weightless.load_file(GOLDEN[0], device="cuda")
        with weightless.safe_open(GOLDEN[0]) as file, self.assertRaisesRegex(weightless.Error, "no tensor 'nothing'"):
            file.get_tensor("nothing")


class WritingTest(PackageTest):
    def test_exact_methods_give_the_same_state_dict(self):
        for method in "dense", "csr":
            for coder in "none", "huffman", "arithmetic":
                with self.subTest(method=method, coder=coder):
                    weightless.encode(self.state, self.file, method=method, coder=coder)
                    decoded = weightless.load_file(self.file, "torch")
                    self.assertEqual(list(decoded), list(self.state))
                    for name, tensor in self.state.items():
                        self.assertEqual(decoded[name].dtype, tensor.dtype)
                        self.assertTrue(torch.equal(decoded[name], tensor), name)

    def test_every_type_comes_back(self):
        random = np.random.default_rng(1)
        for element in ELEMENTS:
            with self.subTest(type=element.name):
                if hasattr(torch, element.dtype):
                    values = torch.arange(60).reshape(3, 4, 5).to(getattr(torch, element.dtype))
                    weightless.save_file({"x": values}, self.file)
                    decoded = weightless.load_file(self.file, "torch")["x"]
                    self.assertEqual(decoded.dtype, values.dtype)
                    self.assertTrue(torch.equal(decoded, values))
                if element.name != "BF16":
                    values = random.integers(2, size=(3, 4, 5)).astype(element.dtype)
                    for array in values, values[::2, ::-1], values.astype(values.dtype.newbyteorder(">")):
                        weightless.save_file({"x": array}, self.file)
                        decoded = weightless.load_file(self.file)["x"]
                        self.assertEqual(decoded.dtype, values.dtype)
                        self.assertTrue(np.array_equal(decoded, array))

    def test_tensors_that_are_views(self):
        weight = self.state["fc0.weight"]
        state = {"transposed": weight.t(), "part": weight[3:9, ::2], "learnt": torch.nn.Parameter(weight)}
        weightless.save_file(state, self.file)
        for name, tensor in weightless.load_file(self.file, "torch").items():
            self.assertTrue(torch.equal(tensor, state[name]), name)

    def test_a_filter_keeps_every_non_zero(self):
        weightless.encode(self.state, self.file, method="bloomier", cell_bits=6, seed=3)
        decoded, weight = weightless.load_file(self.file, "torch")["fc0.weight"], self.state["fc0.weight"]
        self.assertTrue(torch.equal(decoded[weight != 0], weight[weight != 0]))
        positives = int(((decoded != 0) & (weight == 0)).sum())
        self.assertEqual(weightless.inspect(self.file)["tensors"][0]["false_positives"], positives)

    def test_a_module_takes_the_decoded_state(self):
        source, target = torch.nn.Linear(80, 100), torch.nn.Linear(80, 100)
        weightless.save_file(source.state_dict(), self.file, density=0.1, clusters=4, method="csr", tensor=["weight"])
        target.load_state_dict(weightless.load_file(self.file, "torch"))
        self.assertEqual(int((target.weight != 0).sum()), 800)
        self.assertEqual(len(target.weight.unique()), 5)

    def test_a_file_that_the_program_reads(self):
        weightless.encode(self.state, self.file)
        for suffix in "npz", "safetensors":
            model, again = self.file.with_suffix(f".{suffix}"), self.file.with_name("again.wls")
            run("decode", self.file, "-o", model)
            weightless.encode(model, again, method="csr", tensor="*.weight")
            decoded = weightless.load_file(again, "torch")
            for name, tensor in self.state.items():
                self.assertTrue(torch.equal(decoded[name], tensor), name)

    def test_report(self):
        report = weightless.encode(self.state, self.file, method="csr", tensor=["fc0.weight"])
        self.assertEqual(report, weightless.inspect(self.file))
        self.assertEqual(report["file_bytes"], self.file.stat().st_size)
        weight, bias = report["tensors"]
        self.assertEqual((weight["name"], weight["shape"], weight["method"]), ("fc0.weight", [40, 50], "csr"))
        self.assertEqual(weight["nonzeros"], int((self.state["fc0.weight"] != 0).sum()))
        self.assertEqual(bias["method"], "stored")

    def test_a_wrong_option_is_an_error(self):
        for option in {"clusters": 0}, {"no_such_option": 1}:
            with self.assertRaisesRegex(weightless.Error, next(iter(option)).replace("_", "-")):
                weightless.encode(self.state, self.file, **option)
            self.assertFalse(self.file.exists())

    def test_a_type_that_has_no_number_is_an_error(self):
        for tensor in torch.zeros(3, dtype=torch.complex64), np.zeros(3, np.complex64):
            with self.assertRaisesRegex(weightless.Error, "x: .*complex64"):
                weightless.save_file({"x": tensor}, self.file)

    def test_a_missing_program_is_an_error(self):
        with mock.patch.dict(os.environ, WEIGHTLESS="/nowhere/weightless"):
            with self.assertRaisesRegex(weightless.Error, "/nowhere/weightless: no such program"):
                weightless.save_file(self.state, self.file)

    def test_names_that_look_like_options(self):
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            weightless.encode(self.state, "-o.wls")
            self.assertEqual(list(weightless.load_file("-o.wls")), list(self.state))
        finally:
            os.chdir(before)


if __name__ == "__main__":
    unittest.main()
