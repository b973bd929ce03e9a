"""The training loop: Adam, and images shifted at random by a pixel."""
import math
import sys

import torch
from torch.nn import functional

import mnist
from networks import stack

BATCH = 128


def constant(rate):
    return lambda progress: rate


def cosine(rate):
    return lambda progress: rate * (0.01 + 0.99 * (1 + math.cos(math.pi * progress)) / 2)


class Training:
    """Runs epochs over the training images, and tells `report(phase, epoch, total_epochs, loss)` of each."""

    def __init__(self, images, labels, seed, total_epochs, report):
        self.images, self.labels = images, labels
        self.generator = torch.Generator().manual_seed(seed)
        self.epoch, self.total_epochs, self.report = 0, total_epochs, report

    def run(self, phase, network, epochs, rate, l1=0.0, before_step=None):
        """Trains with Adam at `rate(progress)`, progress going from 0 to 1 over these epochs."""
        optimizer = torch.optim.Adam(network.parameters())
        steps = len(self.images) // BATCH
        for epoch in range(epochs):
            loss_sum = 0
            for step, batch in enumerate(self.batches(steps)):
                progress = (epoch + step / steps) / epochs
                if before_step:
                    before_step(step, progress)
                optimizer.param_groups[0]["lr"] = rate(progress)
                images = mnist.shifted(self.images[batch], 1, self.generator)
                loss = functional.cross_entropy(network(images), self.labels[batch])
                loss_sum += loss.item()
                if l1:
                    loss = loss + l1 * sum(layer.weight.abs().sum() for layer in stack(network)[:-1])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            self.epoch += 1
            self.report(phase, self.epoch, self.total_epochs, loss_sum / steps)

    def batches(self, steps):
        order = torch.randperm(len(self.images), generator=self.generator)
        return order[:steps * BATCH].view(steps, BATCH)


def show_progress(phase, epoch, total, loss):
    line = f"{phase:8} epoch {epoch:3} of {total}, loss {loss:.4f}"
    if sys.stderr.isatty():
        bar = "#" * (30 * epoch // total)
        print(f"\r[{bar:30}] {line}", end="\n" if epoch == total else "", file=sys.stderr, flush=True)
    elif epoch % 5 == 0 or epoch == total:
        print(line, file=sys.stderr, flush=True)
