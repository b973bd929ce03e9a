"""Tests of the scripts, on a few images that are easy to tell apart: tests/python/run"""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

import networks
import retrain
import test_mnist
import train_all
import weightless
from recipes import RECIPES

FOLDER = Path(train_all.__file__).parent
MODEL = "lenet300100-dns"


def run(script, *arguments):
    return subprocess.run([sys.executable, FOLDER / script, *map(str, arguments)], capture_output=True, text=True, timeout=300)


class ScriptsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        random = np.random.default_rng(1)
        for part, count in ("train", 256), ("t10k", 50):
            labels = random.integers(10, size=count)
            images = random.integers(40, size=(count, 28, 28))
            for image, label in zip(images, labels):
                image[3 + 5 * (label // 2):8 + 5 * (label // 2), 5 + 10 * (label % 2):12 + 10 * (label % 2)] += 200
            test_mnist.write(cls.folder, part, images, labels)
        cls.model = cls.folder / "model.npz"
        cls.trained = run("train.py", MODEL, cls.folder, "-o", cls.model)

    def test_train_keeps_to_the_recipe(self):
        self.assertEqual(self.trained.returncode, 0, self.trained.stderr)
        self.assertRegex(self.trained.stdout, r"clustered, as saved \d+\.\d\d %")
        recipe = RECIPES[MODEL]
        for layer, keep, clusters in zip(networks.stack(networks.load(recipe.build, self.model)), recipe.keeps, recipe.clusters):
            nonzeros = layer.weight[layer.weight != 0]
            self.assertTrue(0 < len(nonzeros) <= keep)
            self.assertLessEqual(len(nonzeros.unique()), clusters)

    def test_the_same_seed_gives_the_same_file(self):
        again, other = self.folder / "again.npz", self.folder / "other.npz"
        run("train.py", MODEL, self.folder, "-o", again)
        run("train.py", MODEL, self.folder, "-o", other, "--seed", 2)
        self.assertEqual(again.read_bytes(), self.model.read_bytes())
        self.assertNotEqual(other.read_bytes(), self.model.read_bytes())

    def test_retrain_freezes_what_the_filter_gives(self):
        output = self.folder / "retrained.npz"
        result = run("retrain.py", self.model, self.folder, "-o", output, "--layers", "fc0", "--cell-bits", 4, "--tries", 3,
                     "--epochs", 2)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"fc0: coupled, t = 4, .* [1-9]\d* false positives: top-1 error .* retrained")
        before, after = networks.read_arrays(self.model), networks.read_arrays(output)
        kept = before["fc0.weight"][before["fc0.weight"] != 0]
        self.assertGreater(int((after["fc0.weight"] != 0).sum()), len(kept))
        self.assertTrue(set(after["fc0.weight"].unique().tolist()) <= set(kept.tolist()) | {0.0})
        for name in "fc1.weight", "fc2.weight":
            self.assertEqual(int(((after[name] != 0) & (before[name] == 0)).sum()), 0)
            self.assertLessEqual(len(after[name].unique()), len(before[name].unique()))

    def test_retrain_reads_models_with_other_names(self):
        network = networks.lenet300100()
        state = {f"{layer}.{kind}": tensor.detach() for layer, module in zip(("ip1", "ip2", "ip3"), networks.stack(network))
                 for kind, tensor in (("bias", module.bias), ("weight", module.weight))}
        wls, model = self.folder / "other.wls", self.folder / "other.safetensors"
        weightless.encode(state, wls, method="stored")
        weightless.program.run("decode", wls, "-o", model)
        read, build = retrain.read(model, 9)
        self.assertIs(build, networks.lenet300100)
        for theirs, ours in zip(networks.stack(network), networks.stack(read)):
            self.assertTrue(torch.equal(ours.bias, theirs.bias))
            self.assertLessEqual(len(ours.weight.unique()), 9)
            self.assertLess((ours.weight - theirs.weight).norm(), 0.2 * theirs.weight.norm())

    def test_errors_are_one_line_with_the_cause(self):
        for script, arguments, cause in (
                ("train.py", [MODEL, self.folder / "none"], "none: no such folder"),
                ("train.py", [MODEL, self.folder, "-o", self.folder / "none/model.npz"], "no such folder to write to"),
                ("train.py", [MODEL, self.folder, "--holdout", "200"], "too few of 256"),
                ("retrain.py", [self.model, self.folder, "--layers", "conv1"], "no layer conv1"),
                ("retrain.py", [self.folder / "none.npz", self.folder], "none.npz"),
                ("retrain.py", [self.model, self.folder, "--tries", "0"], "--tries"),
                ("train_all.py", [self.folder / "none", MODEL, "--folder", self.folder], "none: no such folder")):
            with self.subTest(script=script, cause=cause):
                result = run(script, *arguments)
                self.assertNotEqual(result.returncode, 0)
                self.assertRegex(result.stderr.splitlines()[-1], rf"^{script}: .*{cause}")
                self.assertNotIn("Traceback", result.stderr)

    def test_the_page_keeps_other_models(self):
        page, names = self.folder / "README.md", list(RECIPES)
        for sections in {names[2]: (1, "two"), names[0]: (5, "nil")}, {names[2]: (1, "new"), names[1]: (1, "one")}:
            train_all.update_page(page, {name: train_all.section(name, *printed) for name, printed in sections.items()})
        text = page.read_text()
        self.assertTrue(text.startswith(train_all.INTRODUCTION))
        self.assertEqual([line[3:-4] for line in text.splitlines() if line.startswith("## ")], names[:3])
        self.assertEqual([word for word in ("nil", "one", "new", "two") if f"    {word}\n" in text], ["nil", "one", "new"])
        self.assertIn(f"{names[0]}.npz --seed 5\n", text)


if __name__ == "__main__":
    unittest.main()
