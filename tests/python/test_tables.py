"""Tests of reading figures and of comparing them, without PyTorch: tests/python/run"""
import unittest

import figures
import printing
import timing

PAGE = """# Models

## a.npz

    top-1 error on 10000 test images: dense 1.06 %, pruned 1.04 %, clustered, as saved 1.45 %

## a2.npz

    top-1 error on 10000 test images: dense 2.06 %, pruned 2.04 %, clustered, as saved 2.45 %

## b.npz

    nothing
"""


def encodings(**sizes):
    return {system.replace("_", "-"): {"bytes": size, "factor": 1000 / size} for system, size in sizes.items()}


class FiguresTest(unittest.TestCase):
    def setUp(self):
        self.paper = figures.read("paper.toml")
        self.ours = figures.read("networks.toml")
        self.row = {"name": "LeNet5", "pruning": "DNS", "layer": "FC-0", "least-gain": 1.4, "most-coupled": 0.92,
                    "paper": {"csr-huffman": [5.0, 1], "bloomier-none": [4.0, 1]},
                    "encodings": encodings(csr_huffman=200, context=100, coupled=91, bloomier_none=110, bloomier_huffman=100)}

    def test_factors_and_sizes_of_the_paper_agree(self):
        for layer in self.paper["layer"]:
            for system in figures.PAPER_SYSTEMS:
                if system in layer:
                    factor, kib = layer[system]
                    with self.subTest(layer=figures.label({"name": layer["network"], **layer}), system=system):
                        # Sizes have one or two digits; one cell (98x, 1.2 KiB) is a fifth off in the paper itself.
                        self.assertAlmostEqual(layer["weights"] * 4 / 1024 / factor / kib, 1, delta=0.18)

    def test_each_layer_of_the_paper_has_a_row_of_ours(self):
        wanted = {(layer["network"], layer["pruning"], layer["layer"]) for layer in self.paper["layer"]}
        rows = {(network["name"], network["pruning"], layer) for network in self.ours["network"] for layer in network["layers"]}
        rows |= {(layer["name"], layer["pruning"], layer["layer"]) for layer in self.ours["synthetic"]}
        self.assertEqual(rows, wanted)
        for layer in self.ours["synthetic"]:
            height, width = map(int, layer["shape"].split("x"))
            self.assertEqual(height * width, figures.paper_layer(self.paper, layer)["weights"])

    def test_errors_are_those_of_the_models_own_section(self):
        self.assertEqual(figures.trained_errors(PAGE, "a.npz"), {"dense": 1.06, "pruned": 1.04, "clustered": 1.45})
        self.assertEqual(figures.trained_errors(PAGE, "a2.npz")["clustered"], 2.45)
        for model in "b.npz", "c.npz", "axnpz":
            with self.assertRaisesRegex(ValueError, model):
                figures.trained_errors(PAGE, model)

    def test_a_filter_is_not_exact(self):
        self.assertEqual(figures.smallest(self.row["encodings"], figures.is_exact), "context")
        self.assertEqual(figures.gain(self.row), 2.0)
        self.assertEqual(figures.coupled_share(self.row), 0.91)

    def test_bars_of_a_layer(self):
        self.assertEqual([line["met"] for line in figures.layer_bars(self.row)], [True, True])
        self.row["encodings"] |= encodings(context=200, coupled=93)
        self.assertEqual([line["met"] for line in figures.layer_bars(self.row)], [False, False])

    def test_bars_of_a_network(self):
        network = {"name": "LeNet5", "pruning": "DNS", "most-error": 0.95, "most-bytes": 3000, "file_bytes": 3000,
                   "as_trained": {"pruned": 0.70}, "decoded": {"exact": 0.72, "coupled": 0.80}}
        self.assertTrue(all(line["met"] for line in figures.network_bars(network)))
        network |= {"decoded": {"exact": 0.72, "coupled": 0.96}, "file_bytes": 3001}
        self.assertEqual([line["met"] for line in figures.network_bars(network)], [True, False, False, False])

    def test_a_missing_model_misses_its_bar(self):
        missing, = figures.network_bars({"name": "LeNet5", "pruning": "DNS", "missing": "x.npz is missing"})
        self.assertFalse(missing["met"])
        self.assertIn("x.npz", missing["what"])

    def test_whole_network_by_one_system(self):
        layers = [{"encodings": encodings(context=100, coupled=150)},
                  {"encodings": encodings(dense_none=30, context=40, coupled=20)}]
        self.assertEqual(figures.whole_bytes({"file_bytes": 500}, layers, "coupled"), 540)

    def test_prediction_is_found(self):
        self.assertEqual(timing.parse_cycles("1.17 instructions and 1.28 predicted cycles a weight\n"), 1.28)

    def test_report_as_text(self):
        trained = {"name": "LeNet5", "pruning": "DNS", "filters": {"coupled": {"cell-bits": 8}}, "file_bytes": 2000,
                   "as_trained": {"pruned": 0.7}, "decoded": {"exact": 0.7, "coupled": 0.9}}
        missing = {"name": "LeNet5", "pruning": "magnitude", "missing": "x.npz is missing"}
        sizes = encodings(dense_huffman=400, dense_arithmetic=300, csr_huffman=200, csr_arithmetic=150, context=100, coupled=93,
                          bloomier_none=110, bloomier_huffman=100, bloomier_arithmetic=105)
        for figure in sizes.values():
            figure["cell_bits"] = 9
        row = self.row | {"layer": "FC-0", "weights": 400000, "nonzeros": 4000, "clusters": 5, "strength": 9, "encodings": sizes,
                          "paper": self.row["paper"] | {"a53-seconds": 12.1}, "predicted_a53_seconds": 0.001,
                          "seconds": {"bloomier": 0.1, "coupled": 0.01, "context": 0.1}}
        report = {"layers": [row], "networks": [trained, missing], "a53_cycles": 1.5, "training_error_budget": 0.05}
        report["bars"] = figures.bars(report)
        text = printing.text(report)
        for expected in ("400,000   1.00 %", "5.0x     (1)  5.0x", "0.001*", "t = 8", "2 of 5 met",
                         "MISSED  LeNet5 magnitude: x.npz is missing"):
            self.assertIn(expected, text)

    def test_columns_line_up(self):
        self.assertEqual(printing.table("title", ["a", "b"], [["long", "1"], ["x", "22"]]),
                         ["title", "", "a      b", "--------", "long   1", "x     22", ""])


if __name__ == "__main__":
    unittest.main()
