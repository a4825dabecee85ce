# beian: `make run` to try it, `make test` to trust it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app app

# A SQLite past the bug of write-ahead logs, where there is a wheel of it; else Python's own does.
NEWER_SQLITE = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	--only-binary :all: -r requirements-sqlite.lock 2>/dev/null || echo "No newer SQLite here: Python's own is used"

.DEFAULT_GOAL := help
.PHONY: help run test test-all test-postgresql test-postgresql-core check coverage format fuzz lock wheelhouse fonts bench clean

help: ## Show what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-21s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## Set everything up and serve on http://127.0.0.1:8000
	@$(FLASK) prepare
	@$(FLASK) serve

test: $(VENV)/dev.stamp ## Run the tests that take no minutes; installs what they need where it may
	@sh tools/test_parts.sh
	@$(BIN)/python -m pytest -n auto -m "not long"

test-all: $(VENV)/dev.stamp ## Run every test: thousands of spoilt requests, races and every page too
	@sh tools/test_parts.sh
	@$(BIN)/python -m pytest -n auto

test-postgresql: $(VENV)/postgresql.stamp ## Run all but the browser tests on a PostgreSQL of its own (TESTS=… for some)
	@sh tools/test_parts.sh postgresql
	@PYTHON=$(BIN)/python sh tools/with_postgresql.sh \
		$(BIN)/python -m pytest -n auto -m "not long and not browser" $(TESTS)

# What says soonest whether it still runs there: races, who may do what, and a day's work in both schools.
CORE = tests/races tests/house/test_engines.py tests/cli/test_move.py tests/backup/test_backup_of_postgresql.py \
	tests/jobs tests/filings/test_filing_pages.py tests/review tests/campaigns/test_whole_campaign.py \
	tests/rights tests/two_servers

test-postgresql-core: $(VENV)/dev.stamp ## Run the core of it; says so and leaves it out where there is no PostgreSQL
	@sh tools/test_parts.sh postgresql
	@if sh tools/with_postgresql.sh --there && $(MAKE) --no-print-directory $(VENV)/postgresql.stamp; then \
		PYTHON=$(BIN)/python sh tools/with_postgresql.sh \
			$(BIN)/python -m pytest -n auto -m "not long and not browser" $(CORE); \
	else echo "LEFT OUT: the tests on PostgreSQL; its server or its driver cannot be had here." >&2; fi

check: $(VENV)/dev.stamp ## Lint, format, templates, import contracts, types and the schools' definitions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "make format would change the files above"; exit 1; }
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/lint-imports
	@$(BIN)/python tools/type_check.py
	@$(FLASK) check-definitions

coverage: $(VENV)/dev.stamp ## Say which branches the tests take (TESTS=tests/rules for some of them)
	@$(BIN)/python -m pytest -n auto -m "not long" --cov --cov-report=term:skip-covered \
		--cov-report=html:build/coverage $(TESTS)

format: $(VENV)/dev.stamp ## Write the code as the formatter has it
	@$(BIN)/ruff check --fix --select I .
	@$(BIN)/ruff format .

fuzz: $(VENV)/dev.stamp ## Send 100 000 spoilt requests per role (FUZZ_SEED=… for others)
	@FUZZ_REQUESTS=$${FUZZ_REQUESTS:-100000} $(BIN)/python -m pytest -n auto tests/fuzz

bench: $(VENV)/dev.stamp ## Measure the paper's speed and memory against its limits
	@$(BIN)/python -m bench

fonts: $(VENV)/dev.stamp ## Rebuild the bundled fonts from their published package
	@$(BIN)/python tools/build_fonts.py

lock: $(VENV)/dev.stamp ## Pin exact versions with hashes (needs uv)
	@sh tools/lock.sh

wheelhouse: $(VENV)/bin/python ## Gather all that an installation without internet needs, for a machine like this
	@PYTHON=$(BIN)/python sh tools/wheelhouse.sh

clean: ## Forget the virtual environment and caches (never instance/)
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis build

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock requirements-sqlite.lock | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(NEWER_SQLITE)
	@touch $@

$(VENV)/postgresql.stamp: requirements-postgresql.lock $(VENV)/dev.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--only-binary :all: -r requirements-postgresql.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock requirements-sqlite.lock | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(NEWER_SQLITE)
	@touch $@ $(VENV)/run.stamp
