"""Tests of pruning, clustering and of hidden units: tests/python/run"""
import math
import unittest

import torch

import networks
from clustering import join_clusters, kmeans_1d, share, unshare
from networks import stack
from pruning import add_masks, magnitude_mask, masks_and_weights, operate, remove_masks

BUILDERS = (networks.lenet300100, networks.lenet5, networks.lenet5_3x3)


@torch.no_grad()
def with_dead_units(build):
    """A network with units that nothing feeds (0 to 4 of the first layer), and one that nothing reads."""
    network = build()
    first, second, *_ = stack(network)
    first.weight[:5] = 0
    first.bias[:5] = torch.randn(5)
    second.weight[3:9] = 0
    networks.by_unit(second.weight, len(first.weight))[:, 7] = 0
    return network


class NetworksTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.images = torch.rand(4, 784)

    def test_sizes_of_the_tables(self):
        counts = {build: [layer.weight.numel() for layer in stack(build())] for build in BUILDERS}
        self.assertEqual(counts[networks.lenet300100], [235200, 30000, 1000])
        self.assertEqual(counts[networks.lenet5], [500, 25000, 400000, 5000])
        self.assertEqual(counts[networks.lenet5_3x3], [288, 9216, 556000, 6950])

    def test_dead_units_change_nothing(self):
        for build in BUILDERS:
            with self.subTest(build=build.__name__):
                network = with_dead_units(build)
                full = stack(network)
                expected = network(self.images)
                small = networks.without_dead_units(build, network)
                self.assertEqual(len(stack(small)[0].weight), len(full[0].weight) - 6)
                self.assertEqual(len(stack(small)[1].weight), len(full[1].weight) - 6)
                for same in small, networks.fullest_first(build, small), networks.widened(build, small), network:
                    torch.testing.assert_close(same(self.images), expected, rtol=0, atol=1e-6)

    def test_units_that_nothing_reads_are_the_least_important(self):
        network = with_dead_units(networks.lenet5)
        kept = networks.most_important_units(network, (14, 44, 500))
        self.assertEqual(kept[0].tolist(), [5, 6] + list(range(8, 20)))
        self.assertEqual(kept[1].tolist(), [0, 1, 2] + list(range(9, 50)))

    def test_a_network_without_units_is_refused(self):
        network = networks.lenet5()
        torch.nn.init.zeros_(network.conv2.weight)
        with self.assertRaisesRegex(ValueError, "lost all its units"):
            networks.without_dead_units(networks.lenet5, network)


class PruningTest(unittest.TestCase):
    def test_the_largest_weights_stay(self):
        mask = magnitude_mask(torch.tensor([[0.1, -3, 0], [2, 0.5, -0.2]]), 3)
        self.assertEqual(mask.tolist(), [[False, True, False], [True, True, False]])

    def test_pruned_weights_are_positive_zeros(self):
        network = networks.lenet300100((3, 2))
        add_masks(network)
        for masked, weight in masks_and_weights(network):
            masked.mask = weight > 0
        remove_masks(network)
        for layer in stack(network):
            self.assertFalse(torch.signbit(layer.weight).any())

    def test_surgery_splices_only_over_the_upper_threshold(self):
        layer = torch.nn.Linear(4, 2)
        network = torch.nn.Sequential(layer)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([[1.0, 0.1, 0.96, 0.2], [1.04, 2.0, 0.3, 3.0]]))
        add_masks(network, splicing=True)
        (masked, weight), = masks_and_weights(network)
        masked.mask = torch.tensor([[True, True, False, False], [False, False, True, True]])
        operate(network, [4], progress=1.0)  # the threshold is 1.0
        self.assertEqual(masked.mask.tolist(), [[True, False, False, False], [False, True, False, True]])

    def test_surgery_trains_what_is_pruned(self):
        layer = torch.nn.Linear(4, 2)
        with torch.no_grad():
            layer.weight[0, 0] = 0
        for splicing in False, True:
            network = torch.nn.Sequential(layer)
            add_masks(network, splicing)
            network(torch.ones(1, 4)).sum().backward()
            self.assertEqual(layer.parametrizations.weight.original.grad[0, 0].item(), float(splicing))
            remove_masks(network)


class ClusteringTest(unittest.TestCase):
    def test_kmeans(self):
        ids, centroids = kmeans_1d([0.9, -1.1, 1.1, -0.9, 5.0], 3)
        self.assertEqual(ids.tolist(), [1, 0, 1, 0, 2])
        torch.testing.assert_close(torch.from_numpy(centroids), torch.tensor([-1, 1, 5.0], dtype=torch.float64))

    def test_shared_values(self):
        torch.manual_seed(1)
        layer = torch.nn.Linear(20, 10)
        with torch.no_grad():
            layer.weight[torch.rand(10, 20) < 0.8] = 0
        zeros = layer.weight == 0
        network = torch.nn.Sequential(layer)
        share(layer, 3, 2)
        shared = layer.parametrizations.weight
        join_clusters(network, 0.5)
        self.assertEqual(int(shared[0].joined.sum()), math.ceil(int((~zeros).sum()) / 2))
        network(torch.rand(5, 20)).square().sum().backward()
        self.assertEqual(shared.original.grad[zeros].abs().sum(), 0)
        self.assertTrue((shared[0].centroids.grad != 0).all())
        join_clusters(network, 1)
        unshare(network)
        self.assertTrue((layer.weight[zeros] == 0).all())
        self.assertEqual(len(layer.weight[~zeros].unique()), 3)
        self.assertEqual(len(layer.bias.unique()), 2)


if __name__ == "__main__":
    unittest.main()
