# From a clone to a forecast: `make demo`. For contributors: `make check`. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
WHEELS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/lstmcast/wheels
PYTEST_OPTIONS ?= --numprocesses auto --dist loadfile --max-worker-restart 0
FUZZ_TIMES ?= 20
EXTRAS := .[dev,parquet,peers]
TESTS_OF_EXTRAS := tests/data/table tests/evaluation/test_statistical.py
OLDEST ?= .venv-oldest

BIN := $(VENV)/bin
WORKSPACE := runs/air_passengers
BUILD_TOOL := setuptools>=77

# Packages are installed from the folder WHEELS alone; what it lacks is downloaded into it first.
# So the network is needed once, and neither for a second environment nor for a second clone.
from_wheels = $(BIN)/python -m pip install -qq --no-index --find-links "$(WHEELS)" --editable "$(1)"
download = $(BIN)/python -m pip download -qq --retries 2 --dest "$(WHEELS)" "$(1)" "$(BUILD_TOOL)"
install = $(call from_wheels,$(1)) 2>/dev/null \
	|| { echo "downloading packages into $(WHEELS): some minutes, once"; $(call download,$(1)) && $(call from_wheels,$(1)); } \
	|| { echo "not all packages could be had: the first run needs the network"; exit 1; }

.PHONY: help demo test oldest extras fuzz check lint types docs bench clean

help:
	@echo "make demo    install, train on a small example, forecast"
	@echo "make test    run all tests"
	@echo "make oldest  run all tests with the oldest versions of all packages that pyproject.toml allows"
	@echo "make extras  the tests of what needs optional packages: Parquet files, statistical baselines"
	@echo "make fuzz    the property tests, with many times the examples, drawn anew"
	@echo "make check   linter, types and all tests"
	@echo "make docs    write the generated pages, and what pages show of the commands, anew"
	@echo "make bench   measure start, memory and training time"
	@echo "make clean   remove the environment, caches and the example's results"

demo: $(VENV)/installed
	$(BIN)/lstmcast train configs/air_passengers.yaml
	$(BIN)/lstmcast predict configs/air_passengers.yaml
	@echo
	@head -n 4 $(WORKSPACE)/forecast.csv
	@echo "..."
	@echo
	@echo "forecast            $(WORKSPACE)/forecast.csv"
	@echo "plot                $(WORKSPACE)/forecast.png"
	@echo "plots of training   $(WORKSPACE)/models/$$(head -n 1 $(WORKSPACE)/current)/history.png, backtest.png"

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

oldest:
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install -qq uv
	$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST)/bin/python --resolution lowest-direct --editable ".[dev]"
	$(OLDEST)/bin/python -m pytest $(PYTEST_OPTIONS)

extras: $(VENV)/installed-extras
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) $(TESTS_OF_EXTRAS)

fuzz: $(VENV)/installed-dev
	FUZZ_TIMES=$(FUZZ_TIMES) $(BIN)/python -m pytest $(PYTEST_OPTIONS) $$(grep -rl --include="*.py" "@given" tests)

check: lint types test

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy
	MYPYPATH=.:benchmarks $(BIN)/mypy --explicit-package-bases docs/shown.py benchmarks/*.py benchmarks/anomalies/*.py
	for folder in accuracy night speed; do \
		MYPYPATH=.:benchmarks:benchmarks/$$folder $(BIN)/mypy --explicit-package-bases benchmarks/$$folder/*.py || exit 1; \
	done

docs: $(VENV)/installed
	$(BIN)/python -m lstmcast.config.reference
	$(BIN)/python -m lstmcast.cli.reference
	$(BIN)/python docs/shown.py

bench: $(VENV)/installed
	$(BIN)/python benchmarks/run_all.py

clean:
	rm -rf $(VENV) $(OLDEST) $(WORKSPACE) .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, such as: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@$(call install,.)
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(BIN)/python
	@$(call install,.[dev])
	@touch $@ $(VENV)/installed

$(VENV)/installed-extras: pyproject.toml $(VENV)/installed-dev
	@$(call install,$(EXTRAS))
	@touch $@
