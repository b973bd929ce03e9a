"""Weight sharing: the non-zeros of a tensor take one of K values."""
import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

from networks import stack


def kmeans_1d(values, clusters):
    """Cluster of each value, and the centroids in ascending order.

    Lloyd's iterations, from equal shares of the sorted values: nothing random.
    """
    values = np.asarray(values, np.float64)
    centroids = np.array([part.mean() for part in np.array_split(np.unique(values), clusters) if len(part)])
    while True:
        ids = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, values)
        counts = np.bincount(ids, minlength=len(centroids))
        means = np.bincount(ids, values, len(centroids))
        means = np.divide(means, counts, out=centroids.copy(), where=counts > 0)
        if np.allclose(means, centroids, rtol=0, atol=1e-9):
            return ids, centroids
        centroids = means


class Shared(nn.Module):
    """A tensor whose non-zeros are rounded to the nearest centroid, and trained through the rounding.

    The weight behind a value gets the value's gradient (straight through), so that it can move to another cluster, until
    `fixed`; a centroid gets the sum of its weights' gradients.
    """

    def __init__(self, tensor, clusters):
        super().__init__()
        self.mask = tensor != 0
        _, centroids = kmeans_1d(tensor[self.mask].numpy(), clusters)
        self.centroids = nn.Parameter(torch.from_numpy(centroids).float())
        self.ids = None

    def nearest(self, tensor):
        order = self.centroids.detach().argsort()
        ascending = self.centroids.detach()[order]
        return order[torch.bucketize(tensor, (ascending[1:] + ascending[:-1]) / 2)]

    def fix(self, tensor):
        self.ids = self.nearest(tensor)

    def forward(self, tensor):
        ids = self.nearest(tensor.detach()) if self.ids is None else self.ids
        values = self.centroids[ids]
        if self.ids is None:
            values = values + (tensor - tensor.detach())
        return torch.where(self.mask, values, torch.zeros(()))


def share(layer, clusters, bias_clusters=None):
    """Lets the non-zeros of the layer's weights share `clusters` values, and its biases `bias_clusters`."""
    parametrize.register_parametrization(layer, "weight", Shared(layer.weight.detach(), clusters))
    if bias_clusters:
        parametrize.register_parametrization(layer, "bias", Shared(layer.bias.detach(), bias_clusters))


def shared_tensors(network):
    for layer in stack(network):
        if parametrize.is_parametrized(layer):
            for name, tensor in layer.parametrizations.items():
                yield layer, name, tensor


@torch.no_grad()
def fix_clusters(network):
    """From now on only centroids are trained, and biases that share no values."""
    for _, _, tensor in shared_tensors(network):
        tensor[0].fix(tensor.original)


def unshare(network):
    """Makes the shared values the tensors' own."""
    for layer, name, _ in list(shared_tensors(network)):
        parametrize.remove_parametrizations(layer, name, leave_parametrized=True)
