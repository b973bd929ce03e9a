# Weightless: `make` lists the targets. Build products are in artifacts/, at places that scripts can rely on.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1

MACHINES := linux-x64 linux-arm64
# What the name of a machine's compiler and linker begins with.
TOOL_linux-x64 :=
TOOL_linux-arm64 := aarch64-linux-gnu-

WARNINGS := -pedantic -Wall -Wextra -Werror
CFLAGS := -O2 -g -std=c99 $(WARNINGS) -Iinclude
CXXFLAGS := -O2 -g -std=c++11 $(WARNINGS) -Iinclude
# libweightless.so loads with this glibc and every later one.
GLIBC_FLOOR := 2.27
# What libweightless.a needs of the system.
STATIC_LIBS := -lm -ldl -lpthread

sources = $(shell find $(1) -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*')
BUILD_FILES := global.json Directory.Build.props Directory.Packages.props
DECODER := src/NativeDecoder/Weightless.NativeDecoder.csproj
ENCODER := src/Encoder/Weightless.Encoder.csproj
TESTS := tests/Weightless.Tests/Weightless.Tests.csproj
BENCHMARKS := tests/benchmarks/Weightless.Benchmarks.csproj
PROJECTS := $(DECODER) $(ENCODER) $(TESTS) $(BENCHMARKS)
ASSETS := $(addsuffix obj/project.assets.json,$(dir $(PROJECTS)))
PUBLISH := dotnet publish --nologo -v quiet --no-restore -c Release -p:DebugType=none

CLI := artifacts/bin/weightless
LIBRARIES := $(foreach m,$(MACHINES),artifacts/$(m)/libweightless.so artifacts/$(m)/libweightless.a)
BENCHES := $(foreach m,$(MACHINES),artifacts/$(m)/weightless-bench)
EXAMPLES := $(foreach m,$(MACHINES),artifacts/$(m)/examples/decode)
NATIVE_TESTS := $(foreach m,$(MACHINES),$(foreach t,abi-shared abi-static header-c header-c++ manners replay,artifacts/$(m)/tests/$(t)))

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(CLI) $(LIBRARIES) $(EXAMPLES) $(BENCHES) ## the CLI, and for both machines libweightless.so, .a, weightless-bench and the C example

.PHONY: test
test: build $(NATIVE_TESTS) ## everything: xunit, the C ABI on x64 and on an emulated Cortex-A53, formatting
	@tests/run

.PHONY: test-small-layers
test-small-layers: build ## build 10,000 random small layers by the coupled filter, a few minutes
	@WEIGHTLESS_SMALL_LAYERS=10000 dotnet test $(TESTS) --nologo --no-restore -c Release --filter Small_layers_build \
		--logger 'console;verbosity=detailed' | grep -E 'layers in|Passed|Failed'

.PHONY: bench
bench: build ## what encoding and decoding cost: artifacts/bench.json, and a table beside the paper's
	@tests/benchmarks/run

.PHONY: predict-a53
predict-a53: artifacts/linux-arm64/libweightless.so $(CLI) artifacts/linux-x64/weightless-bench ## what llvm-mca predicts for a Cortex-A53
	@toolchain/predict-a53 $<
	@tests/benchmarks/instructions

.PHONY: demo
demo: build ## encode a small network, compare all codecs, decode it in C on both machines
	@examples/c/demo

.PHONY: compare-general
compare-general: $(CLI) ## bytes beside xz, zstd and brotli, of the bundled model and of the public one if it is there
	@toolchain/setup xz=xz-utils zstd=zstd brotli=brotli python3=python3-minimal
	@tests/compare-general examples/models/lenet300100-magnitude.npz $(wildcard $(or $(WEIGHTLESS_SHARED),../shared)/data/dns-lenet300100/lenet300100-dns.safetensors)

.PHONY: format
format: | $(ASSETS) ## reformat the C# sources
	dotnet format Weightless.sln --no-restore

.PHONY: clean
clean: ## remove all that was built
	rm -rf artifacts examples/cpp/obj tests/fuzz/*/bin tests/fuzz/*/obj $(foreach p,$(PROJECTS),$(dir $(p))bin $(dir $(p))obj)

.PHONY: setup
setup:
	@toolchain/setup

$(ASSETS) &: $(PROJECTS) $(BUILD_FILES) | setup
	@echo "restoring packages"
	@dotnet restore --nologo -v quiet Weightless.sln
	@touch $(ASSETS)

artifacts/obj/glibc-%/symbols: toolchain/glibc-stubs | setup
	@toolchain/glibc-stubs "$(TOOL_$*)" $(GLIBC_FLOOR) $(CURDIR)/$(@D)

artifacts/%/libweightless.so: $(call sources,src/NativeDecoder) $(DECODER) $(BUILD_FILES) artifacts/obj/glibc-%/symbols | $(ASSETS)
	@echo "building $@"
	@$(PUBLISH) $(DECODER) -r $* -p:GlibcStubs=$(CURDIR)/artifacts/obj/glibc-$* -o artifacts/obj/$*
	@cp $(dir $(DECODER))obj/Release/net10.0/$*/native/* artifacts/obj/$*
	@mkdir -p $(@D)
	@ln -sf libweightless.so $@.1
	@cp artifacts/obj/$*/Weightless.NativeDecoder.so $@

artifacts/%/libweightless.a: artifacts/%/libweightless.so toolchain/static-archive toolchain/static-archive.ld
	@echo "building $@"
	@toolchain/static-archive artifacts/obj/$* "$(TOOL_$*)" $@

# Not beside the library for x64: both builds compile the decoder's project for that machine.
$(CLI): $(call sources,src/Encoder src/NativeDecoder) $(ENCODER) $(DECODER) $(BUILD_FILES) | $(ASSETS) artifacts/linux-x64/libweightless.so
	@echo "building $@"
	@$(PUBLISH) $(ENCODER) -r linux-x64 -o artifacts/obj/cli
	@mkdir -p $(@D)
	@cp artifacts/obj/cli/Weightless.Encoder $@
	@cp artifacts/obj/cli/libonnxruntime.so $(@D)

artifacts/%/examples/decode: examples/c/decode.c include/weightless.h artifacts/%/libweightless.a
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -o $@ $< artifacts/$*/libweightless.a $(STATIC_LIBS)

artifacts/%/weightless-bench: tests/benchmarks/weightless-bench.c include/weightless.h artifacts/%/libweightless.so
	@$(TOOL_$*)gcc $(CFLAGS) -O3 -o $@ $< artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN'

ABI_TEST := $(addprefix tests/native/,abi.c check.c golden.c guard.c round.c use.c repair.c hostile.c misuse.c stale.c process.c)
HEADER_TEST := tests/native/header.c tests/native/header_again.c
NATIVE_HEADERS := include/weightless.h $(wildcard tests/native/*.h)

# xxhash.h is not the cross compiler's, but one for every machine: hence -idirafter.
artifacts/%/tests/abi-shared: $(ABI_TEST) $(NATIVE_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -idirafter /usr/include -pthread -o $@ $(ABI_TEST) artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN/..' -lm

artifacts/%/tests/abi-static: $(ABI_TEST) $(NATIVE_HEADERS) artifacts/%/libweightless.a
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -idirafter /usr/include -pthread -o $@ $(ABI_TEST) artifacts/$*/libweightless.a $(STATIC_LIBS)

artifacts/%/tests/header-c: $(HEADER_TEST) $(NATIVE_HEADERS) artifacts/%/libweightless.a
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -o $@ $(HEADER_TEST) artifacts/$*/libweightless.a $(STATIC_LIBS)

artifacts/%/tests/header-c++: $(HEADER_TEST) $(NATIVE_HEADERS) artifacts/%/libweightless.a
	@mkdir -p $(@D)
	@$(TOOL_$*)g++ $(CXXFLAGS) -o $@ -x c++ $(HEADER_TEST) -x none artifacts/$*/libweightless.a $(STATIC_LIBS)

# It loads the library itself: what a host has before that is what is measured against.
artifacts/%/tests/manners: tests/native/manners.c tests/native/measure.c $(NATIVE_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -pthread -o $@ tests/native/manners.c tests/native/measure.c -ldl

include toolchain/install.mk
include tests/board/board.mk
include tests/stress/stress.mk
include examples/c/lenet.mk
include examples/cpp/lenet.mk
include examples/pytorch/train.mk
include tests/coverage/coverage.mk
include tests/differential/differential.mk
include tests/paper/paper.mk
include tests/fuzz/fuzz.mk
