# The tests: their programs, and what runs them. Included by the Makefile at the root, from where the paths are.

# $(call test_program,NAME,SOURCES,PARTS OF THE HARNESS,LIBRARY): artifacts/MACHINE/tests/NAME, for each machine.
define test_program
$(call program,tests/$(strip $(1)),$(2) $(patsubst %,tests/harness/%.c,$(3)),$(4))
$(eval TEST_PROGRAMS += $(call for_machines,tests/$(strip $(1))))
endef

TEST_PROGRAMS :=
ABI_TEST := $(patsubst %,tests/abi/%.c,abi round hostile misuse stale index process)
HEADER_TEST := tests/abi/header.c tests/abi/header_again.c
FUZZ_HARNESS := tests/fuzz/exercise.c tests/fuzz/compare.c

$(call test_program, abi-shared, $(ABI_TEST), check golden guard repair use, libweightless.so)
$(call test_program, abi-static, $(ABI_TEST), check golden guard repair use, libweightless.a)
$(call test_program, header-c, $(HEADER_TEST), , libweightless.a)
$(call test_program, header-c++, $(HEADER_TEST), , libweightless.a)
# It loads the library itself: what a host has before that is what is measured against.
$(call test_program, manners, tests/abi/manners.c tests/abi/measure.c, forked)
# What it asks before the library can be called at all, in a constructor, needs the order of a static library.
$(call test_program, host, tests/abi/host.c, forked, libweightless.a)
$(call test_program, stack, tests/abi/stack.c, check golden, libweightless.so)
# It stands in for those functions of the C# that it needs; the others go, with what calls them.
$(call test_program, defect, tests/abi/defect.c $(wildcard src/NativeDecoder/Host/*.c), check)
$(call test_program, layers, tests/differential/layers.c, check golden, libweightless.so)
$(call test_program, replay, tests/fuzz/replay.c $(FUZZ_HARNESS), check corpus golden guard repair use, libweightless.so)
$(call test_program, edited, tests/stress/edited.c, check edits golden guard repair use, libweightless.so)
$(call test_program, soak, tests/stress/soak.c tests/stress/decodes.c, check golden, libweightless.so)
$(call test_program, worst, tests/stress/worst.c tests/stress/adversaries.c, check corpus edits golden repair, libweightless.so)
$(call test_program, interrupted, tests/stress/interrupted.c, check golden, libweightless.so)

$(call test_program, model, tests/adapters/model.cpp, , libweightless.a)
$(call test_program, model-noexcept, tests/adapters/model.cpp, , libweightless.a)
$(call test_program, reader, tests/adapters/reader.cpp, , libweightless.a)

ADAPTER_TESTS := $(filter %/model %/model-noexcept %/reader,$(TEST_PROGRAMS))
$(ADAPTER_TESTS) $(filter %/header-c++,$(TEST_PROGRAMS)): LANGUAGE := c++
$(ADAPTER_TESTS): FLAGS = -std=c++17 -Wshadow $(FLAGS_$(@F))
FLAGS_model-noexcept := -fno-exceptions
FLAGS_reader := -fno-exceptions -isystem tests/adapters/ncnn
$(filter %/defect,$(TEST_PROGRAMS)): FLAGS := -ffunction-sections -Wl,--gc-sections
$(filter %/defect,$(TEST_PROGRAMS)): src/NativeDecoder/Host/runtime.h
$(TEST_PROGRAMS): | needs-test

.PHONY: test
test: build artifacts/linux-x64-v3/libweightless.so $(TEST_PROGRAMS) ## all tests, or those of SUITES='abi python': tests/README.md has them
	@tests/run $(SUITES)

.PHONY: test-small-layers
test-small-layers: build ## build 10,000 random small layers by the coupled filter, a few minutes
	@WEIGHTLESS_SMALL_LAYERS=10000 dotnet test $(TESTS) --nologo --no-restore -c Release --filter Small_layers_build \
		--logger 'console;verbosity=detailed' | grep -E 'layers in|Passed|Failed'

# Times as many random cases as in `make test`.
TIMES ?= 20
.PHONY: test-differential
test-differential: build artifacts/linux-x64-v3/libweightless.so $(TEST_PROGRAMS) ## thousands of random layers, and of mutated model files, through everything that reads them
	@tests/differential/run $(TIMES)

.PHONY: test-onnx
test-onnx: $(ONNX_CLIENTS) $(CLI) ## ONNX Runtime with weights from a .wls, on both machines: the top-1 error on MNIST, peak memory
	@tests/examples/onnx

.PHONY: test-ncnn
test-ncnn: artifacts/$(HOST)/examples/ncnn $(CLI) ## ncnn, installed below NCNN=PREFIX, with weights from a .wls: the top-1 error on MNIST
	@tests/examples/ncnn

.PHONY: stress
stress: build $(TEST_PROGRAMS) ## 100,000 edits of every golden file, decoding times against their bound, threads, a million cycles, 200 kills: ten minutes
	@tests/stress/run

.PHONY: coverage
coverage: artifacts/linux-x64/libweightless.so | $(ASSETS) ## line and branch coverage of both halves by the managed tests: artifacts/coverage
	@tests/coverage/run
