# Included by the Makefile at the root, from where the paths are.

LAYER_TESTS := $(foreach m,$(MACHINES),artifacts/$(m)/tests/layers)

test: $(LAYER_TESTS)

# Times as many random cases as in `make test`.
TIMES ?= 20

.PHONY: test-differential
test-differential: build $(LAYER_TESTS) ## thousands of random layers, and of mutated model files, through everything that reads them
	@tests/differential/run $(TIMES)

artifacts/%/tests/layers: tests/differential/layers.c tests/native/golden.c tests/native/check.c $(NATIVE_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -Itests/native -idirafter /usr/include -o $@ $(filter %.c %.so,$^) -Wl,-rpath,'$$ORIGIN/..' -lm
