# Each target sets itself up: the first one to run makes .venv from requirements.txt.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
FULLY_COVERED := src/mrt_pipeline/contracts/*,src/mrt_pipeline/errors.py,src/mrt_pipeline/config/*
# Tests start the program hundreds of times; without its byte code each start compiles all of it.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help run test check evaluate bench real durability clean

help:                    ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / \t/'

run: $(STAMP)            ## make the dataset from the recorded facts, in outputs/
	$(BIN)/mrt-pipeline run

test: $(STAMP)           ## unit, integration and command-line tests; no network, no keys
	$(BIN)/pytest -q -n 3 --dist worksteal -m "not real_parts and not slow"

check: $(STAMP)          ## formatting, lint, spelling, types, import contracts, declared packages, automation, known vulnerabilities, coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src config
	$(BIN)/python .ci/audit.py requirements.txt
	$(BIN)/python .ci/automation.py
	$(MAKE) .coverage
	$(BIN)/coverage report --skip-covered --show-missing --fail-under=100 --include='$(FULLY_COVERED)'
	$(BIN)/coverage report --format=total --fail-under=90

# Which branches the unit tests take. It doubles what they cost, so `make test` does not look.
.coverage: $(STAMP) $(shell find src tests/*.py tests/unit tests/fakes tests/fixtures -type f ! -name '*.pyc')
	$(BIN)/pytest -q -n 3 --dist worksteal -m "not real_parts and not slow" --cov --cov-report= tests/unit

real: $(STAMP)           ## the slower tests, and those against real parts; installs what they need
	$(BIN)/pytest -q -n 2 --dist worksteal -m slow
	$(BIN)/pytest -q -n 2 --hypothesis-profile=thorough tests/unit/stages \
	  tests/unit/extraction/test_grounding_properties.py tests/unit/extraction/test_merging_properties.py
	$(BIN)/pytest -q -m real_parts --ignore=tests/real/durability
	$(BIN)/pytest -q -n 2 --dist worksteal -m real_parts tests/real/durability

durability: $(STAMP)     ## every moment at which a run or a release can break, not a share of them; about an hour
	DURABILITY=whole $(BIN)/pytest -q -n 2 --dist worksteal -m real_parts tests/real/durability

evaluate: $(STAMP)       ## how the rules read the project's own wiki pages, against what a person read there
	$(BIN)/python -m tests.real.wiki.evaluate

bench: $(STAMP)          ## the figures of docs/benchmarks.md
	$(BIN)/python -m tests.bench

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)
