# Workroom's commands. `make run` and `make test` do all the set-up themselves.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test soak lint lock

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin

# Browser tests drive the machine's Chromium: CHROMIUM=/path names another. BROWSER=required makes its absence an error.
CHROMIUM ?= $(shell for p in chromium chromium-browser google-chrome google-chrome-stable; do \
	command -v $$p && break; done)
BROWSER ?= if-present
# Two workers a core: tests wait for browsers, servers and their own clocks half of the time.
WORKERS = $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))))
PYTEST_ARGS ?= -n $(WORKERS) --dist worksteal
export CHROMIUM

# The tests write a thousand small databases: into memory, where there is room for them.
FREE_MEMORY = $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print ($$4 > 2000000) }')
PYTEST = TMPDIR=$(or $(TMPDIR),$(if $(filter 1,$(FREE_MEMORY)),/dev/shm,/tmp)) exec $(BIN)/python -m pytest $(PYTEST_ARGS)

help: ## this list
	@echo "Workroom. PORT and WORKROOM_HOME (data folder) are taken from the environment."
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.venv/.run: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path."; exit 1; }
	@$(PYTHON) .ci/install.py requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path."; exit 1; }
	@$(PYTHON) .ci/install.py requirements-dev.lock
	@touch $@

setup: .venv/.run ## what running needs, into .venv
	@:

setup-dev: .venv/.dev ## what testing needs, into the same .venv
	@:

run: .venv/.run ## set up, then serve on http://127.0.0.1:8080 with the sample district
	@exec $(BIN)/workroom serve

test: .venv/.dev ## set up, then every test
ifneq ($(strip $(CHROMIUM)),)
	@$(PYTEST)
else ifeq ($(BROWSER),required)
	@echo "No Chromium on this machine, and the browser tests are required."; exit 1
else
	@echo "No Chromium on this machine (CHROMIUM=/path names one): the browser tests are left out."
	@$(PYTEST) -m "not browser"
endif

soak: .venv/.dev ## the long fight: processes killed at every seam, servers that restart, ten minutes at most
	@$(BIN)/python -m tests.soak

lint: .venv/.dev ## ruff, mypy --strict, the import contracts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

UV_COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv --no-config pip compile --quiet --universal \
	--fork-strategy fewest --strip-extras --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade)

lock: .venv/.dev ## pin what pyproject.toml asks for (UPGRADE=1: the newest of it)
	@$(UV_COMPILE) pyproject.toml --group build -o requirements.lock
	@$(UV_COMPILE) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
