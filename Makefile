# The project's commands; `make help` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := _build/html
# exec, below: a SIGTERM that make passes on ends the program, not a shell that waits for it.
# Test files at a time, two for each of two cores: browsers and servers are waited for. JOBS=0 is for
# --pdb and the like.
JOBS ?= 4
# The interpreter that .venv was made with: for another PYTHON it is made again.
CHOSEN := $(shell "$(PYTHON)" -c 'import platform; print(platform.python_version())' 2>/dev/null)
READY := $(VENV)/ready-$(CHOSEN)
# The environment with the older SQLAlchemy, which some cells run on too.
OLDER := _build/sqlalchemy-2.0
# That with the tools that are measured beside the checker.
TOOLS := _build/bench
# The .venv of a checkout that was copied or moved would run the code of the first one.
ifneq ($(shell cat $(VENV)/place 2>/dev/null),$(CURDIR))
MOVED := moved
endif

# Modules are compiled once, whatever the desk says: each page's process imports some of them.
unexport PYTHONDONTWRITEBYTECODE

# Files are handed out in the order of their tests, the longest first: tests/kit/longest_first.py.
PYTESTS := $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

.PHONY: help html test test-all browsers faults versions moved accept exercises serve lint lock bench clean setup older

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

html: setup  ## build the site, all cells executed and checked
	@exec $(BIN)/python -m built_site.fresh_build "$(OUT)"

test: setup older  ## check everything: pages, docstrings, README, unit tests, the built site
	@$(PYTESTS) $(PYTEST)

test-all: setup older  ## the same, each page with every look, every chapter in a browser, all notebooks
	@TEST_ALL=1 $(PYTESTS) $(PYTEST)

browsers: setup  ## try in Firefox and WebKit what differs between engines
	@$(BIN)/pytest -rs $(PYTEST) tests/engines

faults: setup  ## try a full disk, builds at once or interrupted, no network, and the like
	@$(BIN)/pytest $(PYTEST) tests/faults

# NAMES are tables of packages/myst-doctest/environments.toml; without it all are tried.
versions: setup  ## try the checker's wheel on other Pythons, Sphinxes and MyST-NBs, and in a Jupyter Book
	@$(BIN)/python -m tools.versions $(NAMES)

accept: setup older  ## record in the pages what their cells show now
	@$(BIN)/pytest --accept --no-header -q docs

EXERCISES := $(OUT)/_downloads/exercises.pyz

exercises: setup  ## do the exercises in your own editor: a file for each, graded when it is saved
	@[ -f "$(EXERCISES)" ] || $(BIN)/python -m built_site.fresh_build "$(OUT)"
	@exec $(BIN)/python "$(EXERCISES)" exercises

older: $(OLDER)/ready-$(CHOSEN)

# Without it, its tests are skipped, and say why.
$(OLDER)/ready-$(CHOSEN): requirements/sqlalchemy-2.0.txt
	-@"$(PYTHON)" tools/make_venv.py $(OLDER) $@ $<

serve: setup  ## build, serve on localhost, rebuild and reload on save
	@echo "Each save builds the pages that changed. What others show of them, as a title in the"
	@echo "sidebar, may be older, and a deleted page stays: 'make html' builds all of it."
	@exec $(BIN)/python -m built_site.dev_server -q -n -c . -d _build/serve-doctrees --port 8000 \
	    -D asset_bundle_hash=0 \
	    --watch src --watch conf.py --re-ignore '/__pycache__/' docs _build/serve

lint: setup  ## ruff and mypy; Biome and TypeScript for JavaScript
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python tools/javascript/check.py

lock: setup  ## choose the newest allowed dependencies again
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-package myst-doctest --extra dev pyproject.toml \
	    -o requirements/dev.txt
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url requirements/bench.in -o requirements/bench.txt

bench: $(if $(filter notebooks,$(PART)),setup,html) $(TOOLS)/ready-$(CHOSEN)  ## time builds, pages and live cells; with BASE=folder, beside another checkout
	@$(BIN)/python -m tools.bench $(if $(BASE),--base "$(BASE)") $(if $(ROUNDS),--rounds $(ROUNDS)) \
	    $(PART)

$(TOOLS)/ready-$(CHOSEN): requirements/bench.txt packages/myst-doctest/pyproject.toml
	@"$(PYTHON)" tools/make_venv.py $(TOOLS) $@ $< packages/myst-doctest

clean:  ## remove what was built; .venv stays
	@rm -rf _build

setup: $(READY)

$(READY): requirements/dev.txt pyproject.toml packages/myst-doctest/pyproject.toml $(MOVED)
	@"$(PYTHON)" tools/make_venv.py $(VENV) $@
