# Included by the Makefile at the root, from where the paths are.

.PHONY: train
train: ## train, prune and cluster the models of examples/models again: up to an hour
	@/usr/bin/python3 examples/pytorch/train_all.py $(or $(WEIGHTLESS_MNIST),../shared/data/mnist)
