# Hostile files, long runs, killed runs: small in `make test`, at full size by `make stress`.
STRESS_TESTS := $(foreach t,edits soak worst interrupted,artifacts/linux-x64/tests/$(t)) artifacts/linux-arm64/tests/edits
EDITS_TEST := tests/stress/edits.c $(addprefix tests/native/,check.c golden.c guard.c use.c repair.c edits.c)
SOAK_TEST := tests/stress/soak.c tests/stress/decodes.c tests/native/check.c tests/native/golden.c
WORST_TEST := tests/stress/worst.c tests/stress/adversaries.c $(addprefix tests/native/,check.c golden.c repair.c edits.c)
INTERRUPTED_TEST := tests/stress/interrupted.c tests/native/check.c tests/native/golden.c
STRESS_HEADERS := $(NATIVE_HEADERS) $(wildcard tests/stress/*.h)

test: $(STRESS_TESTS)

.PHONY: stress
stress: build $(STRESS_TESTS) ## 100,000 edits of every golden file, decoding times against their bound, threads, a million cycles, 200 kills: ten minutes
	@tests/stress/run $(WEIGHTLESS_CORPUS)

artifacts/%/tests/edits: $(EDITS_TEST) $(STRESS_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -Itests/native -idirafter /usr/include -o $@ $(EDITS_TEST) artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN/..' -lm

artifacts/%/tests/soak: $(SOAK_TEST) $(STRESS_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -Itests/native -pthread -o $@ $(SOAK_TEST) artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN/..' -lm

artifacts/%/tests/worst: $(WORST_TEST) $(STRESS_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -Itests/native -idirafter /usr/include -o $@ $(WORST_TEST) artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN/..' -lm

artifacts/%/tests/interrupted: $(INTERRUPTED_TEST) $(STRESS_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -Itests/native -o $@ $(INTERRUPTED_TEST) artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN/..' -lm
