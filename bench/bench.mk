# Included by the Makefile at the root, from where the paths are.

BENCHES := $(call for_machines,weightless-bench)
$(call program, weightless-bench, bench/weightless-bench.c, libweightless.so)
$(BENCHES): FLAGS := -O3

.PHONY: bench
bench: build ## what encoding and decoding cost: artifacts/bench.json, and a table beside the paper's
	@bench/run

.PHONY: bench-int8
bench-int8: build | needs-bench ## int8 weights by context and dense + arithmetic: bytes and ns a weight; BASE=ARTIFACTS compares with another build
	@bench/int8 $(BASE)

.PHONY: bench-loops
bench-loops: build ## ns a weight by the loops of stored, dense, words and coupled, each beside what it is to be compared with
	@bench/loops

.PHONY: bench-skeleton
bench-skeleton: $(CLI) | needs-bench ## bytes of real ONNX networks, if they are there, and of what is not weights in them beside zstd
	@bench/skeleton $(wildcard $(addprefix $(or $(WEIGHTLESS_SHARED),../shared)/data/,ppocr/*.onnx silero/*.onnx))

# Against the library itself: OpenBLAS is for this one only, and its headers are those of a package more.
artifacts/linux-x64/sparse: bench/sparse.c include/weightless.h artifacts/linux-x64/libweightless.so | needs-bench
	@gcc $(CFLAGS) -O3 -o $@ $< artifacts/linux-x64/libweightless.so -Wl,-rpath,'$$ORIGIN' /usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0

.PHONY: bench-sparse
bench-sparse: artifacts/linux-x64/sparse $(CLI) ## csr + tans on a synthetic layer: bytes, and ratios beside memset, coupled and OpenBLAS's sgemv
	@bench/sparse

.PHONY: predict-a53
predict-a53: artifacts/linux-arm64/libweightless.so $(CLI) artifacts/linux-x64/weightless-bench | needs-bench ## what llvm-mca predicts for a Cortex-A53
	@bench/predict-a53 $<
	@bench/instructions

.PHONY: compare-general
compare-general: $(CLI) | needs-bench ## bytes beside xz, zstd and brotli, of the bundled model and of the public one if it is there
	@bench/compare-general examples/models/lenet300100-magnitude.npz $(wildcard $(or $(WEIGHTLESS_SHARED),../shared)/data/dns-lenet300100/lenet300100-dns.safetensors)

.PHONY: clustering-quality
clustering-quality: | $(ASSETS) needs-build ## the signal-to-noise ratio that k-means leaves a real network with outliers, if it is there
	@dotnet test $(TESTS) --nologo --no-restore -c Release --filter ClusteringQuality \
		--logger 'console;verbosity=detailed' | sed -nE 's/^ *figure //p; /Passed |Failed |Skipped /p'
