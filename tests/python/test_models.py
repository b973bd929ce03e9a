"""Tests of the models in examples/models: tests/python/run"""
import os
import re
import unittest
from pathlib import Path

import mnist
import networks
import sizes
from recipes import RECIPES
from train_all import MODELS

MNIST = Path(os.environ.get("WEIGHTLESS_MNIST") or "../shared/data/mnist")


class ModelsTest(unittest.TestCase):
    """Each file is what its section of the page beside it says."""

    @classmethod
    def setUpClass(cls):
        page = Path(MODELS, "README.md").read_text()
        cls.sections = {name: text for name, text in re.findall(r"^## (\S+)\.npz\n(.*?)(?=^## |\Z)", page, re.M | re.S)}
        cls.saved = {name: networks.load(RECIPES[name].build, Path(MODELS, f"{name}.npz")) for name in cls.sections}

    def test_every_recipe_is_there(self):
        self.assertEqual(list(self.sections), list(RECIPES))

    def test_non_zeros_and_distinct_values(self):
        for name, network in self.saved.items():
            with self.subTest(model=name):
                lines = [line.strip() for line in self.sections[name].splitlines()]
                for line in sizes.description(network):
                    self.assertIn(line, lines)
                path = Path(MODELS, f"{name}.npz")
                self.assertIn(f"{path.name}: {path.stat().st_size} bytes", lines)
                self.assertLess(path.stat().st_size, 300000)

    def test_no_more_than_the_recipe_allows(self):
        for name, network in self.saved.items():
            recipe = RECIPES[name]
            for layer, keep, clusters in zip(networks.stack(network), recipe.keeps, recipe.clusters):
                with self.subTest(model=name, layer=layer):
                    nonzeros = layer.weight[layer.weight != 0]
                    self.assertLessEqual(len(nonzeros), keep)
                    self.assertLessEqual(len(nonzeros.unique()), clusters)

    @unittest.skipUnless(MNIST.is_dir(), f"MNIST is not in {MNIST}")
    def test_top1_error(self):
        test = mnist.load(MNIST, "t10k")
        for name, network in self.saved.items():
            with self.subTest(model=name):
                self.assertIn(f"clustered, as saved {networks.top1_error(network, *test):.2f} %", self.sections[name])


if __name__ == "__main__":
    unittest.main()
