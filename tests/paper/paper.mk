# The paper's tables beside ours, from the models of examples/models, and the README's pictures of them.
PYTHON_PACKAGES := /usr/lib/python3/dist-packages

.PHONY: tables
tables: $(CLI) artifacts/linux-x64/weightless-bench artifacts/linux-arm64/libweightless.so ## the paper's Tables 1-4 beside ours, a few minutes; fails if a bar is missed
	@toolchain/setup $(PYTHON_PACKAGES)/torch=python3-torch $(PYTHON_PACKAGES)/numpy=python3-numpy \
		/usr/lib/x86_64-linux-gnu/openblas-openmp=libopenblas0-openmp
	@/usr/bin/python3 tests/paper/tables.py

.PHONY: pictures
pictures: ## docs/pictures/*.svg from what `make tables` measured
	@toolchain/setup $(PYTHON_PACKAGES)/matplotlib=python3-matplotlib
	@/usr/bin/python3 tests/paper/pictures.py
