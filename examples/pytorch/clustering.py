"""Weight sharing: the non-zeros of a tensor take one of K values."""
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrize

from networks import stack

JOINING_STEPS = 64  # training steps between two times that weights join clusters


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
    """A tensor whose non-zeros join clusters a few at a time, while those that are still free make up for the error.

    A weight that joined has its centroid's value; a centroid gets the sum of its weights' gradients.
    """

    def __init__(self, tensor, clusters):
        super().__init__()
        self.mask = tensor != 0
        _, centroids = kmeans_1d(tensor[self.mask].numpy(), clusters)
        self.centroids = nn.Parameter(torch.from_numpy(centroids).float())
        self.joined = torch.zeros_like(self.mask)
        self.ids = torch.zeros(tensor.shape, dtype=torch.int64)

    def nearest(self, tensor):
        ascending, order = self.centroids.detach().sort()
        return order[torch.bucketize(tensor, (ascending[1:] + ascending[:-1]) / 2)]

    def join(self, tensor, portion):
        """Lets free weights join, the nearest to a centroid first, until this portion of the non-zeros has."""
        nearest = torch.where(self.joined, self.ids, self.nearest(tensor))
        distance = (tensor - self.centroids[nearest]).abs()
        distance[self.joined] = -1
        distance[~self.mask] = math.inf
        first = distance.flatten().argsort(stable=True)[:math.ceil(portion * self.mask.sum().item())]
        self.joined.view(-1)[first] = True
        self.ids = torch.where(self.joined, nearest, 0)

    def forward(self, tensor):
        free = torch.where(self.mask, tensor, torch.zeros(()))
        values = functional.embedding(self.ids, self.centroids[:, None]).squeeze(-1)  # quicker to train than indexing
        return torch.where(self.joined, values, free)


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
def join_clusters(network, portion):
    """Lets this portion of each shared tensor's non-zeros have joined a cluster."""
    for _, _, tensor in shared_tensors(network):
        tensor[0].join(tensor.original, portion)


def joining(network):
    """To call before each step: lets more weights join their clusters, many at first, the last ones slowly."""
    def join_more(step, progress):
        if step % JOINING_STEPS == 0:
            join_clusters(network, 1 - (1 - progress) ** 2)
    return join_more


def unshare(network):
    """Makes the shared values the tensors' own."""
    for layer, name, _ in list(shared_tensors(network)):
        parametrize.remove_parametrizations(layer, name, leave_parametrized=True)
