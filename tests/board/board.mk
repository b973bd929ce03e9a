# A real arm64 kernel, where qemu-user only stands in for one.
.PHONY: board
board: $(CLI) $(filter artifacts/linux-arm64/%,$(LIBRARIES) $(EXAMPLES) $(NATIVE_TESTS)) $(EXAMPLES) ## boot Debian's arm64 kernel on an emulated Cortex-A53 with 256 MB and test there
	@tests/board/run
