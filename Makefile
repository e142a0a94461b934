# Everything lives in .venv, made on first use and brought up to date when pyproject.toml or constraints.txt change.

PYTHON ?= python3
NAME ?= mara-lindqvist
BACKBONE ?=
TESTS ?= tests

BIN := .venv/bin
CORE := .venv/.core
FULL := .venv/.full
EVERYTHING := '.[embeddings,hf,postgres,dev]'

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
UV := VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --constraint constraints.txt

# uv installs the core in seconds where pip takes a minute. It does not read pip's configuration: where that names another
# index, uv may find nothing, and pip does the work.
install = $(UV) --editable $(1) || $(PIP) --editable $(1)

# Modules are compiled when they are first imported; every later start is seconds faster for it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help chat test check format bench docs clean
.DEFAULT_GOAL := help

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

chat: $(CORE)  ## talk to a shipped character (NAME=mara-lindqvist, BACKBONE=openai:MODEL)
	@$(BIN)/simulacra chat $(NAME) $(if $(BACKBONE),--backbone $(BACKBONE))

test: $(FULL)  ## run the tests (TESTS=tests/memory for some of them)
	$(BIN)/python -m pytest -n auto --dist loadfile $(TESTS)

check: $(FULL)  ## format, lint, types and the floors of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(FULL)  ## lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(FULL)  ## measure what the README promises
	$(BIN)/python -m benchmarks

docs: $(FULL)  ## run the code in README.md and docs/, and follow their links
	$(BIN)/python -m pytest tests/docs

clean:  ## remove the environment and everything generated
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "simulacra needs Python 3.11 or newer; name one with: make PYTHON=python3.13 ...")'
	@echo "Setting up .venv (once; about half a minute)"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) uv

$(CORE): $(BIN)/uv pyproject.toml constraints.txt
	@$(call install,.)
	@touch $@

# torch goes first and by pip, so that a CPU build that pip was pointed at is taken before uv looks for any other.
$(FULL): $(BIN)/uv pyproject.toml constraints.txt
	@$(PIP) torch
	@$(call install,$(EVERYTHING))
	@touch $(CORE) $@
