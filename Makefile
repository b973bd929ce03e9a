# Weightless: `make` lists the targets. Build products are in artifacts/, at places that scripts can rely on.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1

MACHINES := linux-x64 linux-arm64
HOST := linux-x64
# What the name of a machine's compiler and linker begins with.
TOOL_linux-x64 :=
TOOL_linux-arm64 := aarch64-linux-gnu-
# libweightless.so and the CLI load with this glibc and every later one.
GLIBC_FLOOR := 2.27

sources = $(shell find $(1) -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*')
BUILD_FILES := global.json Directory.Build.props Directory.Packages.props
DECODER := src/NativeDecoder/Weightless.NativeDecoder.csproj
HOST_FILES := $(wildcard src/NativeDecoder/Host/*) include/weightless.h toolchain/native-object
ENCODER := src/Encoder/Weightless.Encoder.csproj
TESTS := tests/managed/Weightless.Tests.csproj
BENCHMARKS := bench/Weightless.Benchmarks.csproj
PROJECTS := $(DECODER) $(ENCODER) $(TESTS) $(BENCHMARKS)
ASSETS := $(addsuffix obj/project.assets.json,$(dir $(PROJECTS)))
PUBLISH := dotnet publish --nologo -v quiet --no-restore -c Release -p:DebugType=none

CLI := artifacts/bin/weightless
LIBRARIES := $(foreach m,$(MACHINES),artifacts/$(m)/libweightless.so artifacts/$(m)/libweightless.a)

# Every program in C and C++ is made by this one recipe, of the sources and libraries that its rule names. A target may have
# another LANGUAGE or COMPILER, and more FLAGS. xxhash.h is not the cross compiler's, but one for every machine: hence -idirafter.
HEADERS := include/weightless.h $(wildcard include/weightless/*.hpp examples/cpp/*.hpp tests/*/*.h tests/adapters/*.hpp tests/adapters/*/*.h)
CFLAGS := -O2 -g -pedantic -Wall -Wextra -Werror -Iinclude -Itests/harness -idirafter /usr/include
# Of the programs' own: libweightless.a needs no library.
SYSTEM_LIBS := -lm -ldl -lpthread
LANGUAGE := c
STANDARD_c := -std=c99
STANDARD_c++ := -std=c++11
COMPILER_c := gcc
COMPILER_c++ := g++
COMPILER = $(TOOL_$*)$(COMPILER_$(LANGUAGE))
define link
@mkdir -p $(@D)
@$(COMPILER) $(CFLAGS) $(STANDARD_$(LANGUAGE)) $(FLAGS) -o $@ -x $(LANGUAGE) $(filter %.c %.cpp,$^) -x none \
	$(filter %.o %.so %.so.1 %.a,$^) -Wl,-rpath,'$$ORIGIN:$$ORIGIN/..' $(SYSTEM_LIBS)
endef

# $(call program,NAME,SOURCES,LIBRARY): how artifacts/MACHINE/NAME is made, for each machine.
define program_rule
artifacts/%/$(1): $(2) $$(HEADERS) $(addprefix artifacts/%/,$(3))
	$$(link)
endef
program = $(eval $(call program_rule,$(strip $(1)),$(2),$(3)))
for_machines = $(foreach m,$(MACHINES),$(addprefix artifacts/$(m)/,$(1)))

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install Debian's packages for building and testing; FOR='fuzz bench pictures' for those, too
	@toolchain/setup build test python board $(FOR)

# Nothing else installs anything: what a target needs is looked for, and if it is missing, what to run is said.
NEEDS := $(addprefix needs-,build test python bench pictures fuzz)
.PHONY: $(NEEDS)
$(NEEDS): needs-%:
	@toolchain/setup --check $*

include toolchain/install.mk
include python/python.mk
include examples/examples.mk
include bench/bench.mk
include tests/tests.mk
include tests/fuzz/fuzz.mk
include tests/paper/paper.mk

.PHONY: build
build: $(CLI) $(LIBRARIES) $(EXAMPLES) $(BENCHES) ## the CLI, and for both machines libweightless.so, .a, weightless-bench and the C examples

.PHONY: format
format: | $(ASSETS) ## reformat the C# sources
	dotnet format Weightless.sln --no-restore

.PHONY: clean
clean: ## remove all that was built
	rm -rf artifacts python/dist examples/cpp/obj tests/fuzz/*/bin tests/fuzz/*/obj $(foreach p,$(PROJECTS),$(dir $(p))bin $(dir $(p))obj)

$(ASSETS) &: $(PROJECTS) $(BUILD_FILES) | needs-build
	@echo "restoring packages"
	@dotnet restore --nologo -v quiet Weightless.sln
	@touch $(ASSETS)

artifacts/obj/glibc-%/symbols: toolchain/glibc-stubs | needs-build
	@toolchain/glibc-stubs "$(TOOL_$*)" $(GLIBC_FLOOR) $(CURDIR)/$(@D)

artifacts/%/libweightless.so: $(call sources,src/NativeDecoder) $(HOST_FILES) $(DECODER) $(BUILD_FILES) artifacts/obj/glibc-%/symbols | $(ASSETS)
	@echo "building $@"
	@$(PUBLISH) $(DECODER) -r $* -p:GlibcStubs=$(CURDIR)/artifacts/obj/glibc-$* -o artifacts/obj/$*
	@cp $(dir $(DECODER))obj/Release/net10.0/$*/native/* artifacts/obj/$*
	@mkdir -p $(@D)
	@ln -sf libweightless.so $@.1
	@cp artifacts/obj/$*/Weightless.NativeDecoder.so $@

artifacts/%/libweightless.a: artifacts/%/libweightless.so toolchain/static-archive
	@echo "building $@"
	@toolchain/static-archive artifacts/obj/$* "$(TOOL_$*)" $@

# Not beside the library for x64: both builds compile the decoder's project for that machine.
$(CLI): $(call sources,src/Encoder src/NativeDecoder) $(ENCODER) $(DECODER) $(BUILD_FILES) | $(ASSETS) artifacts/linux-x64/libweightless.so
	@echo "building $@"
	@$(PUBLISH) $(ENCODER) -r linux-x64 -p:GlibcStubs=$(CURDIR)/artifacts/obj/glibc-linux-x64 -o artifacts/obj/cli
	@mkdir -p $(@D)
	@cp artifacts/obj/cli/Weightless.Encoder $@
	@cp artifacts/obj/cli/libonnxruntime.so $(@D)
