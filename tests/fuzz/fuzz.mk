# Fuzzing: three engines over one harness (exercise.c). Included by the Makefile at the root, from where the paths are.

FUZZ := artifacts/fuzz
# A fuzzing build may say where SharpFuzz's command is; the version is that of the packages.
SHARPFUZZ := $(FUZZ)/tools/sharpfuzz
SHARPFUZZ_VERSION := 2.3.0
FUZZ_SOURCES := $(FUZZ_HARNESS) $(patsubst %,tests/harness/%.c,check golden guard repair)
FUZZ_ENGINES := $(addprefix $(FUZZ)/,libfuzzer afl mutator.so sharpfuzz/Weightless.SharpFuzz libexercise.so seeds/seed-0000 corpus)
FUZZ_RUN := tests/fuzz/run

.PHONY: fuzz
fuzz: $(FUZZ_ENGINES) ## SECONDS=n: n seconds of libFuzzer, AFL++ and SharpFuzz each, then what the corpus covers
	@$(FUZZ_RUN) $(or $(SECONDS),60)
	@$(MAKE) --no-print-directory fuzz-coverage

.PHONY: fuzz-coverage
fuzz-coverage: $(FUZZ)/libexercise.so $(FUZZ)/corpus ## which lines of the decoder the corpus reaches
	@tests/fuzz/reach/run $(CURDIR)/$< $(FUZZ)/corpus

.PHONY: fuzz-merge
fuzz-merge: $(FUZZ)/libfuzzer $(FUZZ)/seeds/seed-0000 $(FUZZ)/corpus ## put the seeds, and what else reaches more, into the corpus
	@tests/fuzz/merge

$(FUZZ)/corpus: tests/fuzz/corpus.tar tests/fuzz/corpus
	@tests/fuzz/corpus unpack $< $@

$(SHARPFUZZ):
	@dotnet tool install SharpFuzz.CommandLine --version $(SHARPFUZZ_VERSION) --tool-path $(@D) >/dev/null

# The decoder compiled again, instrumented before it becomes native code: never the library that is shipped.
$(FUZZ)/libweightless.so: $(call sources,src/NativeDecoder tests/fuzz/instrumented tests/fuzz/library) $(wildcard tests/fuzz/library/*.csproj tests/fuzz/instrumented/*.csproj) $(BUILD_FILES) | $(SHARPFUZZ) needs-fuzz
	@echo "building $@"
	@dotnet publish --nologo -v quiet -c Release -p:DebugType=none -p:SharpFuzz=$(CURDIR)/$(SHARPFUZZ) -r linux-x64 -o $(FUZZ)/library tests/fuzz/library
	@cp $(FUZZ)/library/Weightless.Fuzzed.so $@

$(FUZZ)/sharpfuzz/Weightless.SharpFuzz: $(call sources,src/NativeDecoder tests/fuzz/instrumented tests/fuzz/sharpfuzz tests/fuzz/dotnet) $(wildcard tests/fuzz/sharpfuzz/*.csproj tests/fuzz/instrumented/*.csproj) $(BUILD_FILES) $(FUZZ)/libweightless.so | $(SHARPFUZZ)
	@echo "building $@"
	@dotnet publish --nologo -v quiet -c Release -p:SharpFuzz=$(CURDIR)/$(SHARPFUZZ) -o $(@D) tests/fuzz/sharpfuzz
	@touch $@

$(FUZZ)/libfuzzer: COMPILER := clang
$(FUZZ)/libfuzzer: FLAGS := -fsanitize=fuzzer -fno-sanitize-coverage=trace-cmp,indirect-calls
$(FUZZ)/libfuzzer: $(FUZZ_SOURCES) tests/fuzz/libfuzzer.c tests/fuzz/mutate.c $(HEADERS) $(FUZZ)/libweightless.so | needs-fuzz
	$(link)

# In AFL++'s classic mode the harness is counted in the same 65,536 bytes as the library.
$(FUZZ)/afl: COMPILER := AFL_QUIET=1 AFL_LLVM_INSTRUMENT=CLASSIC afl-clang-fast
$(FUZZ)/afl: FLAGS := -std=gnu99 -Wno-pedantic
$(FUZZ)/afl: $(FUZZ_SOURCES) tests/fuzz/afl.c $(HEADERS) $(FUZZ)/afl_area.o $(FUZZ)/libweightless.so | needs-fuzz
	$(link)

$(FUZZ)/afl_area.o: COMPILER := gcc
$(FUZZ)/afl_area.o: FLAGS := -c
$(FUZZ)/afl_area.o: tests/fuzz/afl_area.c $(HEADERS)
	$(link)

$(FUZZ)/mutator.so $(FUZZ)/libexercise.so: FLAGS := -fPIC -shared
$(FUZZ)/mutator.so: tests/fuzz/afl_mutator.c tests/fuzz/mutate.c tests/harness/repair.c $(HEADERS) | needs-test
	$(link)

$(FUZZ)/libexercise.so: $(FUZZ_SOURCES) tests/harness/use.c tests/fuzz/dotnet/forward.c $(HEADERS) | needs-test
	$(link)

$(FUZZ)/seeds/seed-0000: $(call sources,src/Encoder src/NativeDecoder tests/fuzz/seeds) tests/fuzz/seeds/Weightless.Seeds.csproj $(BUILD_FILES) | needs-build
	@echo "building the seeds"
	@rm -rf $(@D)
	@dotnet build --nologo -v quiet -c Release tests/fuzz/seeds
	@dotnet tests/fuzz/seeds/bin/Release/net10.0/Weightless.Seeds.dll $(@D)
