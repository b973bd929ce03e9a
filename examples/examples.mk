# Included by the Makefile at the root, from where the paths are.

EXAMPLES := $(call for_machines,examples/decode examples/rebuild examples/lenet)
$(call program, examples/decode, examples/c/decode.c, libweightless.a)
$(call program, examples/rebuild, examples/c/rebuild.c, libweightless.a)
$(call for_machines,examples/decode examples/rebuild): SYSTEM_LIBS :=
$(call program, examples/lenet,  examples/c/lenet.c,  libweightless.a)

.PHONY: demo
demo: build ## encode a small network, compare all codecs, decode it in C on both machines
	@examples/c/demo

# The ONNX Runtime client, and the runtime beside it. Apart from `make build`: its package is large.
ONNX_CLIENTS := $(call for_machines,examples/onnx)
$(call program, examples/onnx, examples/cpp/lenet.cpp, onnxruntime/libonnxruntime.so.1 libweightless.a)
$(ONNX_CLIENTS): LANGUAGE := c++
$(ONNX_CLIENTS): FLAGS = -std=c++17 -isystem artifacts/$*/onnxruntime/include -Wl,-rpath,'$$ORIGIN/../onnxruntime'

artifacts/%/onnxruntime/libonnxruntime.so.1: examples/cpp/onnxruntime.csproj $(BUILD_FILES) | needs-build
	@echo "fetching ONNX Runtime"
	@dotnet restore --nologo -v quiet $<
	@mkdir -p $(@D)
	@folder=$$(dotnet msbuild $< -getProperty:OnnxRuntime) && ln -sfn "$$folder/build/native/include" $(@D)/include \
		&& ln -sf "$$folder/runtimes/$*/native/libonnxruntime.so" $@

# The ncnn client, with the ncnn that somebody has installed below NCNN: Debian has none.
artifacts/$(HOST)/examples/ncnn: examples/cpp/ncnn.cpp $(HEADERS) artifacts/$(HOST)/libweightless.a
	@test -e '$(NCNN)/lib/libncnn.a' || { echo 'make test-ncnn NCNN=PREFIX: there is no PREFIX/lib/libncnn.a' >&2; exit 1; }
	@mkdir -p $(@D)
	@g++ $(CFLAGS) -std=c++17 -isystem '$(NCNN)/include/ncnn' -o $@ $< artifacts/$(HOST)/libweightless.a '$(NCNN)/lib/libncnn.a' -lpthread

MNIST := $(or $(WEIGHTLESS_MNIST),../shared/data/mnist)

.PHONY: train
train: | needs-python ## train, prune and cluster the models of examples/models again: up to an hour
	@/usr/bin/python3 examples/pytorch/train_all.py $(MNIST)

.PHONY: retrain
retrain: $(ENVIRONMENT) ## LeNet5's largest layer through a filter, and the layers behind it retrained around the false positives
	@for bits in 6 7; do \
		$(PYTHON) examples/pytorch/retrain.py examples/models/lenet5-dns.npz $(MNIST) --cell-bits $$bits || exit; \
	done
