"""Weight sharing: the non-zeros of a layer take one of K values."""
import numpy as np
import torch
from torch import nn
from torch.nn import functional


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


class ClusteredLinear(nn.Module):
    """A linear layer whose non-zeros are shared: a centroid's gradient is the sum of its weights' gradients."""

    def __init__(self, layer, clusters):
        super().__init__()
        weight = layer.weight.detach()
        ids, centroids = kmeans_1d(weight[weight != 0].numpy(), clusters)
        self.ids = torch.zeros(weight.shape, dtype=torch.int64)  # 0 is the zero weight
        self.ids[weight != 0] = torch.from_numpy(ids) + 1
        self.table = nn.Parameter(torch.from_numpy(np.append(0, centroids)).float()[:, None])
        self.bias = nn.Parameter(layer.bias.detach().clone())

    @property
    def weight(self):
        return functional.embedding(self.ids, self.table, padding_idx=0).squeeze(-1)  # padding: zero is never trained

    def forward(self, x):
        return functional.linear(x, self.weight, self.bias)
