"""Magnitude pruning of a stack of fully connected layers."""
import torch


def gradual_density(final, progress):
    """Density to prune to at `progress` (0 to 1) of the way: fast while much is redundant, slow near the end."""
    return final + (1 - final) * (1 - progress) ** 3


def magnitude_mask(weight, density):
    """True for the largest weights, at most `density` of all; what is zero already stays out."""
    keep = int(density * weight.numel())
    magnitude = weight.abs().flatten()
    mask = torch.zeros_like(magnitude, dtype=torch.bool)
    mask[magnitude.argsort(descending=True, stable=True)[:keep]] = True
    return (mask & (magnitude > 0)).view_as(weight)


@torch.no_grad()
def apply_masks(layers, masks):
    for layer, mask in zip(layers, masks):
        layer.weight.masked_fill_(~mask, 0)  # and not `* mask`, which makes -0.0 of a negative weight


@torch.no_grad()
def drop_dead_units(layers, masks):
    """Clears hidden units that nothing feeds or nothing reads; with ReLU between layers the outputs stay the same."""
    for _ in layers:  # each pass may kill units one layer further away
        for (below, below_mask), (above, above_mask) in zip(zip(layers, masks), zip(layers[1:], masks[1:])):
            unfed = ~below_mask.any(1)
            above.bias += above.weight[:, unfed] @ below.bias[unfed].relu()
            above_mask[:, unfed] = False
            unread = ~above_mask.any(0)
            below_mask[unread] = False
            below.bias[unread] = 0
        apply_masks(layers, masks)
