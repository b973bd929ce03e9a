# Fuzzing: three engines over one harness (exercise.c). Included by the Makefile at the root, from where the paths are.

FUZZ := artifacts/fuzz
# A fuzzing build may say where SharpFuzz's command is; the version is that of the packages.
SHARPFUZZ := $(FUZZ)/tools/sharpfuzz
SHARPFUZZ_VERSION := 2.3.0
FUZZ_HARNESS := $(addprefix tests/native/,check.c golden.c guard.c repair.c) $(addprefix tests/fuzz/,exercise.c compare.c)
FUZZ_HEADERS := include/weightless.h $(wildcard tests/native/*.h tests/fuzz/*.h)
FUZZ_LIBRARY := -L$(FUZZ) -lweightless -Wl,-rpath,'$$ORIGIN' -lm
FUZZ_CFLAGS := -O2 -g -std=gnu99 -Wall -Wextra -Werror -Iinclude
FUZZ_ENGINES := $(addprefix $(FUZZ)/,libfuzzer afl mutator.so sharpfuzz/Weightless.SharpFuzz libexercise.so seeds/seed-0000)
FUZZ_RUN := tests/fuzz/run

.PHONY: fuzz
fuzz: $(FUZZ_ENGINES) ## SECONDS=n: n seconds of libFuzzer, AFL++ and SharpFuzz each, then what the corpus covers
	@$(FUZZ_RUN) $(or $(SECONDS),60)
	@$(MAKE) --no-print-directory fuzz-coverage

.PHONY: fuzz-coverage
fuzz-coverage: $(FUZZ)/libexercise.so ## which lines of the decoder the corpus reaches
	@tests/fuzz/coverage/run $(CURDIR)/$< tests/fuzz/corpus

.PHONY: fuzz-merge
fuzz-merge: $(FUZZ)/libfuzzer $(FUZZ)/seeds/seed-0000 ## put what the engines found into the corpus, as few files as reach as much
	@tests/fuzz/merge

.PHONY: fuzz-setup
fuzz-setup:
	@toolchain/setup clang=clang afl-fuzz=afl++ /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a=libclang-rt-14-dev

$(SHARPFUZZ):
	@dotnet tool install SharpFuzz.CommandLine --version $(SHARPFUZZ_VERSION) --tool-path $(@D) >/dev/null

# The decoder compiled again, instrumented before it becomes native code: never the library that is shipped.
$(FUZZ)/libweightless.so: $(call sources,src/NativeDecoder tests/fuzz/instrumented tests/fuzz/library) $(wildcard tests/fuzz/library/*.csproj tests/fuzz/instrumented/*.csproj) $(BUILD_FILES) | $(SHARPFUZZ) setup
	@echo "building $@"
	@dotnet publish --nologo -v quiet -c Release -p:DebugType=none -p:SharpFuzz=$(CURDIR)/$(SHARPFUZZ) -r linux-x64 -o $(FUZZ)/library tests/fuzz/library
	@cp $(FUZZ)/library/Weightless.Fuzzed.so $@

$(FUZZ)/sharpfuzz/Weightless.SharpFuzz: $(call sources,src/NativeDecoder tests/fuzz/instrumented tests/fuzz/sharpfuzz tests/fuzz/managed) $(wildcard tests/fuzz/sharpfuzz/*.csproj tests/fuzz/instrumented/*.csproj) $(BUILD_FILES) $(FUZZ)/libweightless.so | $(SHARPFUZZ)
	@echo "building $@"
	@dotnet publish --nologo -v quiet -c Release -p:SharpFuzz=$(CURDIR)/$(SHARPFUZZ) -o $(@D) tests/fuzz/sharpfuzz
	@touch $@

$(FUZZ)/libfuzzer: $(FUZZ_HARNESS) tests/fuzz/libfuzzer.c tests/fuzz/mutate.c $(FUZZ_HEADERS) $(FUZZ)/libweightless.so | fuzz-setup
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -fno-sanitize-coverage=trace-cmp,indirect-calls -o $@ $(filter %.c,$^) $(FUZZ_LIBRARY)

# In AFL++'s classic mode the harness is counted in the same 65,536 bytes as the library.
$(FUZZ)/afl: $(FUZZ_HARNESS) tests/fuzz/afl.c tests/fuzz/afl_area.c $(FUZZ_HEADERS) $(FUZZ)/libweightless.so | fuzz-setup
	@clang $(FUZZ_CFLAGS) -c -o $@_area.o tests/fuzz/afl_area.c
	@AFL_QUIET=1 AFL_LLVM_INSTRUMENT=CLASSIC afl-clang-fast $(FUZZ_CFLAGS) -o $@ $(FUZZ_HARNESS) tests/fuzz/afl.c $@_area.o $(FUZZ_LIBRARY)

$(FUZZ)/mutator.so: tests/fuzz/afl_mutator.c tests/fuzz/mutate.c tests/native/repair.c $(FUZZ_HEADERS) | fuzz-setup
	@mkdir -p $(@D)
	@clang $(FUZZ_CFLAGS) -fPIC -shared -o $@ $(filter %.c,$^)

$(FUZZ)/libexercise.so: $(FUZZ_HARNESS) tests/native/use.c tests/fuzz/managed/abi.c $(FUZZ_HEADERS) | setup
	@mkdir -p $(@D)
	@gcc $(CFLAGS) -fPIC -shared -o $@ $(filter %.c,$^) -lm

$(FUZZ)/seeds/seed-0000: $(call sources,src/Encoder src/NativeDecoder tests/fuzz/seeds) tests/fuzz/seeds/Weightless.Seeds.csproj $(BUILD_FILES) | setup
	@echo "building the seeds"
	@rm -rf $(@D)
	@dotnet build --nologo -v quiet -c Release tests/fuzz/seeds
	@dotnet tests/fuzz/seeds/bin/Release/net10.0/Weightless.Seeds.dll $(@D)

# The corpus through the libraries that are shipped: a part of `make test`.
artifacts/%/tests/replay: $(FUZZ_HARNESS) tests/native/use.c tests/fuzz/replay.c $(FUZZ_HEADERS) artifacts/%/libweightless.so
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -idirafter /usr/include -o $@ $(filter %.c,$^) artifacts/$*/libweightless.so -Wl,-rpath,'$$ORIGIN/..' -lm
