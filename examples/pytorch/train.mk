# Included by the Makefile at the root, from where the paths are.

PYTORCH := torchrun='python3-torch python3-numpy libopenblas0-openmp'
MNIST := $(or $(WEIGHTLESS_MNIST),../shared/data/mnist)

.PHONY: train
train: ## train, prune and cluster the models of examples/models again: up to an hour
	@toolchain/setup $(PYTORCH)
	@/usr/bin/python3 examples/pytorch/train_all.py $(MNIST)

.PHONY: retrain
retrain: $(CLI) ## LeNet5's largest layer through a filter, and the layers behind it retrained around the false positives
	@toolchain/setup $(PYTORCH)
	@for bits in 6 7; do \
		/usr/bin/python3 examples/pytorch/retrain.py examples/models/lenet5-dns.npz $(MNIST) --cell-bits $$bits || exit; \
	done
