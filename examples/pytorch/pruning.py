"""Pruning of a stack of layers while it trains: by magnitude, and by surgery, which lets weights come back."""
import torch
from torch import nn
from torch.nn.utils import parametrize

from networks import stack


def gradual_density(final, progress):
    """Density to prune to at `progress` (0 to 1) of the way: fast while much is redundant, slow near the end."""
    return final + (1 - final) * (1 - progress) ** 3


def magnitude_mask(weight, keep):
    """True for the `keep` largest weights; what is zero already stays out."""
    magnitude = weight.abs().flatten()
    mask = torch.zeros_like(magnitude, dtype=torch.bool)
    mask[magnitude.argsort(descending=True, stable=True)[:keep]] = True
    return (mask & (magnitude > 0)).view_as(weight)


class Masked(nn.Module):
    """Weights of which the masked ones are zero. With `splicing` they are trained all the same."""

    def __init__(self, mask, splicing=False):
        super().__init__()
        self.mask, self.splicing = mask, splicing

    def forward(self, weight):
        kept = torch.where(self.mask, weight, torch.zeros(()))  # and not `* mask`, which makes -0.0 of a negative weight
        return weight + (kept - weight).detach() if self.splicing else kept


def add_masks(network, splicing=False):
    """Masks the weights that are zero now."""
    for layer in stack(network):
        parametrize.register_parametrization(layer, "weight", Masked(layer.weight != 0, splicing))


def remove_masks(network):
    """Makes the masks' zeros the weights' own."""
    for layer in stack(network):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)


def masks_and_weights(network):
    for layer in stack(network):
        yield layer.parametrizations.weight[0], layer.parametrizations.weight.original


@torch.no_grad()
def prune_by_magnitude(network, keeps, progress):
    """Leaves the largest weights of each layer, on the way to `keeps` of them."""
    for (masked, weight), keep in zip(masks_and_weights(network), keeps):
        density = gradual_density(min(1, keep / weight.numel()), progress)
        masked.mask = magnitude_mask(weight * masked.mask, int(density * weight.numel()))


@torch.no_grad()
def operate(network, keeps, progress, margin=0.1):
    """One operation of Dynamic Network Surgery (Guo, Yao, Chen, 2016).

    Weights below the lower threshold are pruned, those above the upper one are spliced in again, and between the two
    nothing changes. The thresholds lie on both sides of the magnitude that leaves the wanted number of weights.
    """
    for (masked, weight), keep in zip(masks_and_weights(network), keeps):
        density = gradual_density(min(1, keep / weight.numel()), progress)
        magnitude = weight.abs()
        threshold = magnitude.flatten().sort(descending=True).values[int(density * weight.numel()) - 1]
        masked.mask = (magnitude > (1 + margin) * threshold) | (masked.mask & (magnitude >= (1 - margin) * threshold))
