# Included by the Makefile at the root, from where the paths are.

.PHONY: coverage
coverage: artifacts/linux-x64/libweightless.so | $(ASSETS) ## line and branch coverage of both halves by the managed tests: artifacts/coverage
	@tests/coverage/run
