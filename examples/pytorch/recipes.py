"""How each model is made: its network, what is pruned, what is shared, and how long each phase takes."""
from collections.abc import Callable
from dataclasses import dataclass

import networks
from clustering import join_clusters, joining, share, unshare
from networks import stack
from pruning import add_masks, magnitude_mask, masks_and_weights, operate, prune_by_magnitude, remove_masks
from training import constant, cosine

OPERATION_STEPS = 16  # training steps between two operations of surgery


@dataclass(frozen=True)
class Recipe:
    build: Callable
    widths: tuple       # hidden units that are left before weights are pruned
    keeps: tuple        # most weights left in each layer
    clusters: tuple     # distinct non-zero weights in each layer
    bias_clusters: int | None
    surgery: bool       # prune by Dynamic Network Surgery, and not by magnitude
    l1: float
    epochs: tuple       # to train, to narrow, to prune, to retrain, to cluster, to tune the centroids
    cluster_rate: float = 1e-3  # of the weights that have not joined a cluster: a low one stays near the pruned network


RECIPES = {
    "lenet300100-magnitude": Recipe(
        networks.lenet300100, (120, 60), (9408, 1500, 260), (12, 10, 16), None, False, 2e-5, (10, 5, 15, 20, 20, 10),
        cluster_rate=3e-4),
    "lenet300100-dns": Recipe(
        networks.lenet300100, (50, 20), (4351, 552, 49), (10, 8, 16), None, True, 1e-5, (10, 5, 25, 25, 24, 12)),
    "lenet5-magnitude": Recipe(
        networks.lenet5_3x3, (16, 24, 120), (115, 645, 27800, 695), (8, 5, 5, 8), None, False, 5e-6, (2, 3, 5, 7, 5, 3)),
    "lenet5-dns": Recipe(
        networks.lenet5, (6, 14, 40), (72, 775, 2920, 215), (8, 6, 5, 8), None, True, 5e-6, (2, 3, 11, 13, 8, 4)),
    "lenet5-smallest": Recipe(
        networks.lenet5, (5, 10, 30), (100, 650, 1600, 180), (8, 7, 6, 8), 6, True, 5e-6, (2, 3, 16, 20, 12, 8)),
}


def pruned(recipe, training, measure):
    """The network as pruned, of no more hidden units than live, and what `measure` said of the dense network."""
    dense, narrow, prune, retrain, _, _ = recipe.epochs

    network = recipe.build()
    training.run("train", network, dense, cosine(1e-3), recipe.l1)
    dense_error = measure(network)

    full = [len(layer.weight) for layer in stack(network)[:-1]]
    for epoch in range(narrow):
        progress = (epoch + 1) / narrow
        widths = [round(start * (end / start) ** progress) for start, end in zip(full, recipe.widths)]
        network = networks.narrowed(recipe.build, network, networks.most_important_units(network, widths))
        training.run("narrow", network, 1, constant(1e-3), recipe.l1)

    def lower_density(step, progress):
        if recipe.surgery and step % OPERATION_STEPS == 0:
            operate(network, recipe.keeps, min(1, progress / 0.8))
        elif not recipe.surgery and step == 0:
            prune_by_magnitude(network, recipe.keeps, progress + 1 / prune)

    add_masks(network, splicing=recipe.surgery)
    training.run("prune", network, prune, constant(1e-3), recipe.l1, lower_density)
    for (masked, weight), keep in zip(masks_and_weights(network), recipe.keeps):
        masked.mask = magnitude_mask((weight * masked.mask).detach(), keep)
    remove_masks(network)

    network = networks.fullest_first(recipe.build, networks.without_dead_units(recipe.build, network))
    add_masks(network)
    training.run("retrain", network, retrain, cosine(1.5e-3), recipe.l1 / 4)
    remove_masks(network)
    return network, dense_error


def clustered(recipe, network, training):
    """The network with its non-zeros shared, all values such as float16 holds."""
    *_, cluster, tune = recipe.epochs
    for layer, clusters in zip(stack(network), recipe.clusters):
        share(layer, clusters, recipe.bias_clusters)
    training.run("cluster", network, cluster, constant(recipe.cluster_rate), before_step=joining(network))
    join_clusters(network, 1)
    training.run("tune", network, tune, cosine(1e-3))
    unshare(network)
    networks.round_to_half(network)
    return network
