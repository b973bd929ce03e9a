LENET := $(foreach m,$(MACHINES),artifacts/$(m)/examples/lenet)

build board: $(LENET)

artifacts/%/examples/lenet: examples/c/lenet.c include/weightless.h artifacts/%/libweightless.a
	@mkdir -p $(@D)
	@$(TOOL_$*)gcc $(CFLAGS) -o $@ $< artifacts/$*/libweightless.a
