# The paper's tables beside ours, from the models of examples/models, and the README's pictures of them.

.PHONY: tables
tables: $(ENVIRONMENT) artifacts/linux-x64/weightless-bench artifacts/linux-arm64/libweightless.so | needs-bench ## the paper's Tables 1-4 beside ours, a few minutes; fails if a bar is missed
	@$(PYTHON) tests/paper/tables.py

.PHONY: pictures
pictures: | needs-pictures ## docs/pictures/*.svg from what `make tables` measured
	@/usr/bin/python3 tests/paper/pictures.py
