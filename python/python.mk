# The Python package. Included by the Makefile at the root, from where the paths are.

WHEEL_MACHINE_linux-x64 := x86_64
WHEEL_MACHINE_linux-arm64 := aarch64
PACKAGE := python/wheel.py $(wildcard python/weightless/*.py)
wheel_of = python/dist/weightless-$(VERSION)-py3-none-manylinux_$(subst .,_,$(GLIBC_FLOOR))_$(WHEEL_MACHINE_$(1)).whl
WHEELS := $(foreach m,$(MACHINES),$(call wheel_of,$(m)))

# The program is for this machine alone, and so in this machine's wheel alone.
define wheel_rule
$(call wheel_of,$(1)): $(PACKAGE) artifacts/$(1)/libweightless.so $(if $(filter $(HOST),$(1)),$(CLI))
	@python/wheel.py $(WHEEL_MACHINE_$(1)) $(VERSION) $(GLIBC_FLOOR) artifacts/$(1)/libweightless.so $$(@D) $(if $(filter $(HOST),$(1)),$(CLI))
endef
$(foreach m,$(MACHINES),$(eval $(call wheel_rule,$(m))))

.PHONY: wheel
wheel: $(WHEELS) ## python/dist/weightless-*.whl for both machines

# What runs the examples and tests in Python: this machine's wheel in an environment of its own, beside Debian's NumPy and PyTorch.
ENVIRONMENT := artifacts/python/pyvenv.cfg
PYTHON := artifacts/python/bin/python
$(ENVIRONMENT): $(call wheel_of,$(HOST)) | needs-python
	@/usr/bin/python3 -m venv --clear --system-site-packages $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --no-index $<
	@touch $@
