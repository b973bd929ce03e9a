# The ONNX Runtime client. Apart from `make build`: its package is large.
ONNXRUNTIME := artifacts/onnxruntime

$(ONNXRUNTIME)/libonnxruntime.so.1: examples/cpp/onnxruntime.csproj $(BUILD_FILES) | setup
	@echo "fetching ONNX Runtime"
	@dotnet restore --nologo -v quiet $<
	@mkdir -p $(@D)
	@folder=$$(dotnet msbuild $< -getProperty:OnnxRuntime) && ln -sfn "$$folder/build/native/include" $(@D)/include \
		&& ln -sf "$$folder/runtimes/$(HOST)/native/libonnxruntime.so" $@

artifacts/$(HOST)/examples/onnx: examples/cpp/lenet.cpp include/weightless.h artifacts/$(HOST)/libweightless.a $(ONNXRUNTIME)/libonnxruntime.so.1
	@mkdir -p $(@D)
	@g++ -O2 -g -std=c++17 $(WARNINGS) -Iinclude -isystem $(ONNXRUNTIME)/include -o $@ $< artifacts/$(HOST)/libweightless.a \
		$(ONNXRUNTIME)/libonnxruntime.so.1 -Wl,-rpath,'$$ORIGIN/../../onnxruntime'

.PHONY: test-onnx
test-onnx: artifacts/$(HOST)/examples/onnx $(CLI) ## ONNX Runtime with weights from a .wls: the top-1 error on MNIST
	@tests/native/onnx
