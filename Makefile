# `make demo` and `make test` each work on a bare machine with Python >= 3.11, make and git.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO := fixtures/snapshots/ssl-cifar.json.gz
UV_VERSION := uv>=0.12,<0.14

.PHONY: demo test lint pytest test-wheel test-lowest docs golden clean

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $$($(PYTHON) --version 2>&1) is too old or missing: repotriage needs Python >= 3.11"; \
	    echo "hint: make PYTHON=/path/to/python3.12"; exit 2; } >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "error: $(PYTHON) cannot make a virtual environment"; \
	    echo "hint: on Debian and Ubuntu: apt install python3-venv"; exit 2; } >&2
	@echo "setting up $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV_VERSION)'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --editable . --group dev
	@touch $@

demo: $(VENV)/.installed
	$(BIN)/repotriage score --offline $(DEMO)

test: lint pytest test-wheel

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

pytest: $(VENV)/.installed
	$(BIN)/pytest -n auto

# What a user gets: the built wheel alone, in a fresh environment, away from the sources.
test-wheel: $(VENV)/.installed
	rm -rf build/wheel
	$(BIN)/uv build --quiet --wheel --out-dir build/wheel .
	$(BIN)/uv venv --quiet --python $(BIN)/python build/wheel/venv
	$(BIN)/uv pip install --quiet --python build/wheel/venv/bin/python build/wheel/*.whl
	cd build/wheel && venv/bin/repotriage --version
	cd build/wheel && venv/bin/repotriage score --offline --format json --output report.json ../../$(DEMO)
	cd build/wheel && venv/bin/python -I -c 'from repotriage import score; print("wheel:", score("../../$(DEMO)").score.total)'

# The lower bounds in pyproject.toml are what this installs.
test-lowest:
	$(MAKE) $(VENV)/.installed
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/lowest
	$(BIN)/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct --editable . --group dev
	build/lowest/bin/python -m pytest -n auto

# Write what is made from the code.
docs: $(VENV)/.installed
	$(BIN)/python -m tools.generate_cli_docs
	$(BIN)/python -m tools.generate_signal_docs
	$(BIN)/python -m tools.generate_schema

# Write the expected reports of the fixtures, and the one in the README, again; read the difference like code.
golden: $(VENV)/.installed
	$(BIN)/pytest -q tests/golden --update-golden
	$(BIN)/python -m tools.generate_readme_demo

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
