# make install, make uninstall: the GNU variables, and MACHINE for which machine the library is.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
MACHINE ?= $(HOST)
ifeq ($(filter $(MACHINE),$(MACHINES)),)
$(error MACHINE is one of: $(MACHINES))
endif

HEADER := include/weightless.h
VERSION := $(shell awk '/^\#define WL_VERSION_(MAJOR|MINOR|PATCH) / { printf "%s%s", dot, $$3; dot = "." }' $(HEADER))
ABI := $(firstword $(subst ., ,$(VERSION)))
FUNCTIONS := $(shell toolchain/functions)
# What CMake calls the machines.
PROCESSORS_linux-x64 := x86_64|AMD64
PROCESSORS_linux-arm64 := aarch64|arm64

MAN := artifacts/man/weightless.3 $(if $(filter $(HOST),$(MACHINE)),artifacts/man/weightless.1)
SHARED := libweightless.so.$(VERSION)
ADAPTERS := $(wildcard include/weightless/*.hpp)
# What ld.so looks for in LIBDIR/glibc-hwcaps on machines that have AVX2 and what goes with it: the same library, compiled for them.
HWCAPS_linux-x64 := x86-64-v3
HWCAPS := $(addprefix glibc-hwcaps/,$(HWCAPS_$(MACHINE)))
INSTALLED := $(INCLUDEDIR)/weightless.h $(ADAPTERS:include/%=$(INCLUDEDIR)/%) $(addprefix $(LIBDIR)/,$(SHARED) libweightless.so.$(ABI) libweightless.so \
	libweightless.a pkgconfig/weightless.pc cmake/weightless/weightless-config.cmake \
	cmake/weightless/weightless-config-version.cmake $(foreach f,$(HWCAPS),$f/$(SHARED) $f/libweightless.so.$(ABI))) $(BINDIR)/weightless $(MANDIR)/man1/weightless.1 \
	$(addprefix $(MANDIR)/man3/,weightless.3 $(FUNCTIONS:=.3))
INSTALLED_FOLDERS := $(INCLUDEDIR)/weightless $(addprefix $(LIBDIR)/,$(HWCAPS)) $(LIBDIR)/pkgconfig $(LIBDIR)/cmake/weightless $(INCLUDEDIR) $(BINDIR) $(MANDIR)/man1 $(MANDIR)/man3

# Not beside the other library and the CLI: they compile the same project.
artifacts/linux-x64-v3/libweightless.so: artifacts/linux-x64/libweightless.so | $(CLI)
	@echo "building $@"
	@$(PUBLISH) $(DECODER) -r linux-x64 -p:GlibcStubs=$(CURDIR)/artifacts/obj/glibc-linux-x64 -p:IlcInstructionSet=$(HWCAPS_linux-x64) \
		-p:NativeIntermediateOutputPath=obj/Release/net10.0/linux-x64/native-v3/ \
		-p:NativeOutputPath=bin/Release/net10.0/linux-x64/native-v3/ -o artifacts/obj/linux-x64-v3
	@mkdir -p $(@D)
	@ln -sf libweightless.so $@.1
	@cp artifacts/obj/linux-x64-v3/Weightless.NativeDecoder.so $@

artifacts/man/weightless.3: $(HEADER) docs/man/header
	@mkdir -p $(@D)
	@docs/man/header $(HEADER) >$@

artifacts/man/weightless.1: $(CLI) docs/man/cli
	@mkdir -p $(@D)
	@docs/man/cli $(CLI) $(VERSION) >$@

# Folders inside the prefix are told relative to it, so that pkg-config's --define-prefix works.
filled = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@ABI@|$(ABI)|' -e 's|@MACHINE@|$(MACHINE)|' \
	-e 's%@PROCESSORS@%$(PROCESSORS_$(MACHINE))%' \
	-e 's|@PC_LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))|' \
	-e 's|@PC_INCLUDEDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(INCLUDEDIR))|' \
	-e "s|@INCLUDEDIR_FROM_LIBDIR@|$$(realpath -ms --relative-to='$(LIBDIR)' '$(INCLUDEDIR)')|"

.PHONY: install
install: $(addprefix artifacts/$(MACHINE)/libweightless,.so .a) $(if $(HWCAPS),artifacts/$(MACHINE)-v3/libweightless.so) $(MAN) $(if $(filter $(HOST),$(MACHINE)),$(CLI)) ## everything below PREFIX (/usr/local): see docs/boards.md
	@install -d $(addprefix '$(DESTDIR)'/,$(INCLUDEDIR)/weightless $(LIBDIR)/pkgconfig $(LIBDIR)/cmake/weightless $(MANDIR)/man3)
	@install -m 644 $(HEADER) '$(DESTDIR)$(INCLUDEDIR)'
	@install -m 644 $(ADAPTERS) '$(DESTDIR)$(INCLUDEDIR)/weightless'
	@install -m 755 artifacts/$(MACHINE)/libweightless.so '$(DESTDIR)$(LIBDIR)/$(SHARED)'
	@ln -sf $(SHARED) '$(DESTDIR)$(LIBDIR)/libweightless.so.$(ABI)'
	@ln -sf libweightless.so.$(ABI) '$(DESTDIR)$(LIBDIR)/libweightless.so'
ifneq ($(HWCAPS),)
	@install -d '$(DESTDIR)$(LIBDIR)/$(HWCAPS)'
	@install -m 755 artifacts/$(MACHINE)-v3/libweightless.so '$(DESTDIR)$(LIBDIR)/$(HWCAPS)/$(SHARED)'
	@ln -sf $(SHARED) '$(DESTDIR)$(LIBDIR)/$(HWCAPS)/libweightless.so.$(ABI)'
endif
	@install -m 644 artifacts/$(MACHINE)/libweightless.a '$(DESTDIR)$(LIBDIR)'
	@$(filled) toolchain/package/weightless.pc.in \
		>'$(DESTDIR)$(LIBDIR)/pkgconfig/weightless.pc'
	@for file in weightless-config.cmake weightless-config-version.cmake; do \
		$(filled) toolchain/package/$$file.in \
			>'$(DESTDIR)$(LIBDIR)/cmake/weightless/'$$file; \
	done
	@install -m 644 artifacts/man/weightless.3 '$(DESTDIR)$(MANDIR)/man3'
	@for function in $(FUNCTIONS); do echo '.so man3/weightless.3' >'$(DESTDIR)$(MANDIR)/man3/'$$function.3; done
ifeq ($(MACHINE),$(HOST))
	@install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(MANDIR)/man1'
	@install -m 755 $(CLI) '$(DESTDIR)$(BINDIR)'
	@install -m 644 artifacts/man/weightless.1 '$(DESTDIR)$(MANDIR)/man1'
endif

# Folders inside the prefix that are left empty go too, but for those that a system has anyway.
.PHONY: uninstall
uninstall: ## remove what install has put there: give it the same variables
	@rm -f $(addprefix '$(DESTDIR)',$(INSTALLED))
ifneq ($(filter /usr /usr/local,$(PREFIX)),)
	@rmdir '$(DESTDIR)$(LIBDIR)/cmake/weightless' $(if $(HWCAPS),'$(DESTDIR)$(LIBDIR)/$(HWCAPS)') 2>/dev/null || true
else
	@for folder in $(INSTALLED_FOLDERS); do \
		while [ "$${folder#'$(PREFIX)'/}" != "$$folder" ] && rmdir '$(DESTDIR)'$$folder 2>/dev/null; do \
			folder=$$(dirname $$folder); \
		done; \
	done
endif
