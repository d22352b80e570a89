# `make demo` opens the app on a scratch copy of the seed ledger; `make test` checks everything.
# Both start from nothing but make and Python 3.11 or newer.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
QUIET := --quiet --disable-pip-version-check

.PHONY: demo test torture lint types bench screenshots lock clean

demo: .venv/run
	@$(BIN)/calledit demo

test: lint types
	$(BIN)/python -m pytest

# The fault campaigns at full size: an hour or so. CALLEDIT_SEED=… gives a run again.
torture: .venv/dev
	CALLEDIT_TORTURE=1 $(BIN)/python -m pytest tests/faults -s -p no:cacheprovider

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

bench: .venv/dev
	$(BIN)/python -m bench

screenshots: .venv/dev
	$(BIN)/python tools/screenshots.py docs/pictures

# What the requirements files pin, worked out anew from pyproject.toml.
lock:
	uv pip compile --universal --generate-hashes --quiet --no-header --no-annotate \
		--group build -o requirements/build.txt
	uv pip compile --universal --generate-hashes --quiet --no-header --no-annotate \
		pyproject.toml -o requirements/run.txt
	uv pip compile --universal --generate-hashes --quiet --no-header --no-annotate \
		pyproject.toml --group dev -o requirements/dev.txt

.venv/python:
	@test -n "$(PYTHON)" || { echo "Called It needs Python 3.11 or newer; name it: make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "cannot make a virtual environment (Debian: apt install python3-venv)" >&2; exit 1; }
	@touch $@

.venv/run: .venv/python pyproject.toml requirements/build.txt requirements/run.txt
	@echo "installing Called It into .venv …" >&2
	@$(BIN)/python -m pip install $(QUIET) --require-hashes \
		-r requirements/build.txt -r requirements/run.txt
	@$(BIN)/python -m pip install $(QUIET) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@echo "installing what the tests need …" >&2
	@$(BIN)/python -m pip install $(QUIET) --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
