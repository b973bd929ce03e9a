"""Tests of weightless.py, with the real program: tests/python/run"""
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

import weightless


def sparse(rows, columns, values, seed=1):
    """A matrix that is zero but for about a tenth of it, with these values."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(10 * len(values), (rows, columns), generator=generator)
    return torch.tensor(list(values) + [0.0] * (9 * len(values)))[ids]


class WeightlessTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "model.wls")
        self.state = {"fc0.weight": sparse(40, 50, [-0.5, 0.25, 1.5]), "fc0.bias": torch.linspace(-1, 1, 40)}

    def test_exact_methods_give_the_same_state_dict(self):
        for method in "dense", "csr":
            for coder in "none", "huffman", "arithmetic":
                with self.subTest(method=method, coder=coder):
                    weightless.encode(self.state, self.file, method=method, coder=coder)
                    decoded = weightless.decode(self.file)
                    self.assertEqual(list(decoded), list(self.state))
                    for name, tensor in self.state.items():
                        self.assertEqual(decoded[name].dtype, tensor.dtype)
                        self.assertTrue(torch.equal(decoded[name], tensor), name)

    def test_a_filter_keeps_every_non_zero(self):
        weightless.encode(self.state, self.file, method="bloomier", cell_bits=6, seed=3)
        decoded, weight = weightless.decode(self.file)["fc0.weight"], self.state["fc0.weight"]
        self.assertTrue(torch.equal(decoded[weight != 0], weight[weight != 0]))
        positives = int(((decoded != 0) & (weight == 0)).sum())
        self.assertEqual(weightless.inspect(self.file)["tensors"][0]["false_positives"], positives)

    def test_a_module_takes_the_decoded_state(self):
        source, target = torch.nn.Linear(80, 100), torch.nn.Linear(80, 100)
        weightless.encode(source.state_dict(), self.file, density=0.1, clusters=4, method="csr", tensors=["weight"])
        target.load_state_dict(weightless.decode(self.file))
        self.assertEqual(int((target.weight != 0).sum()), 800)
        self.assertEqual(len(target.weight.unique()), 5)

    def test_a_file_that_the_program_reads(self):
        weightless.encode(self.state, self.file)
        for suffix in "npz", "safetensors":
            model, again = self.file.with_suffix(f".{suffix}"), self.file.with_name("again.wls")
            weightless.run("decode", self.file, "-o", model)
            weightless.encode(model, again, method="csr", tensors=["*.weight"])
            decoded = weightless.decode(again)
            for name, tensor in self.state.items():
                self.assertTrue(torch.equal(decoded[name], tensor), name)

    def test_report(self):
        report = weightless.encode(self.state, self.file, method="csr", tensors=["fc0.weight"])
        self.assertEqual(report, weightless.inspect(self.file))
        self.assertEqual(report["file_bytes"], self.file.stat().st_size)
        weight, bias = report["tensors"]
        self.assertEqual((weight["name"], weight["shape"], weight["method"]), ("fc0.weight", [40, 50], "csr"))
        self.assertEqual(weight["nonzeros"], int((self.state["fc0.weight"] != 0).sum()))
        self.assertEqual(bias["method"], "stored")

    def test_errors_are_one_line_with_the_name(self):
        missing = self.file.with_name("missing.wls")
        damaged = self.file.with_name("damaged.wls")
        damaged.write_bytes(b"not a model")
        for path in missing, damaged:
            for call in weightless.decode, weightless.inspect:
                with self.assertRaises(weightless.Error) as caught:
                    call(path)
                self.assertIn(path.name, str(caught.exception))
                self.assertNotIn("\n", str(caught.exception))

    def test_a_wrong_option_is_an_error(self):
        with self.assertRaisesRegex(weightless.Error, "clusters"):
            weightless.encode(self.state, self.file, clusters=0)
        self.assertFalse(self.file.exists())

    def test_a_type_that_npz_cannot_hold_is_an_error(self):
        with self.assertRaisesRegex(weightless.Error, "fc0.weight.*bfloat16"):
            weightless.encode({"fc0.weight": self.state["fc0.weight"].bfloat16()}, self.file)

    def test_a_missing_program_is_an_error(self):
        with mock.patch.dict(os.environ, WEIGHTLESS="/nowhere/weightless"):
            with self.assertRaisesRegex(weightless.Error, "/nowhere/weightless: no such program"):
                weightless.inspect(self.file)

    def test_names_that_look_like_options(self):
        with tempfile.TemporaryDirectory() as folder:
            before = os.getcwd()
            os.chdir(folder)
            try:
                weightless.encode(self.state, "-o.wls")
                self.assertEqual(list(weightless.decode("-o.wls")), list(self.state))
            finally:
                os.chdir(before)


if __name__ == "__main__":
    unittest.main()
