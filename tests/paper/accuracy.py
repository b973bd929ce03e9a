"""Top-1 errors, by PyTorch, of networks that come out of a .wls file."""
import mnist
import networks
import torch
import weightless
from torch.nn import functional


class Images:
    """MNIST's two parts, the pixels as a network wants them."""

    def __init__(self, folder):
        self.parts = {part: mnist.load(folder, part) for part in ("train", "t10k")}

    def part(self, name, scale, count=None):
        images, labels = self.parts[name]
        return images[:count] * scale, labels[:count]

    def error(self, network, name, scale=1.0):
        """Percent of the part's images that the network gets wrong."""
        return networks.top1_error(network, *self.part(name, scale))

    @torch.no_grad()
    def training_loss(self, network, count, scale=1.0):
        """The cross entropy of the first so many training images."""
        images, labels = self.part("train", scale, count)
        return functional.cross_entropy(network(images), labels).item()


def own_name(network, name):
    """What the tensor is called in `networks`."""
    layer, dot, kind = name.partition(".")
    return network.get("rename", {}).get(layer, layer) + dot + kind


def decoded(network, path):
    """The network whose weights the .wls file holds."""
    module = getattr(networks, network["builder"])()
    module.load_state_dict({own_name(network, name): weights for name, weights in weightless.load_file(path, framework="torch").items()})
    return module


def make_repeatable():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
