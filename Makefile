.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
LEAN := $(VENV)/.installed-to-run
STAMP := $(VENV)/.installed-to-develop
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

help: ## Say what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-8s %s\n", $$1, $$2}'

$(LEAN): pyproject.toml requirements.lock docker/requirements.lock
	$(PYTHON) -m venv $(VENV)
	sed -n '/^setuptools==/,/# via/p' requirements.lock > $(VENV)/build.lock
	$(PIP) --require-hashes --requirement docker/requirements.lock --requirement $(VENV)/build.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(STAMP): $(LEAN)
	$(PIP) --require-hashes --requirement requirements.lock
	touch $@

demo: $(LEAN) ## Play the county: pages, API, listener and worker on synthetic data (ARGS=--once plays the story and stops)
	$(BIN)/hub demo $(ARGS)

test: $(STAMP) ## Run every test
	$(BIN)/pytest -n 2 $(ARGS)

check: $(STAMP) ## Format, lint with security rules, types, import contracts, known holes, secrets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy schemas consent adapters hub tests
	$(BIN)/lint-imports
	$(BIN)/python -m tests.supply

bench: $(STAMP) ## Measure speed, each figure beside its baseline
	$(BIN)/pytest tests/bench --override-ini 'addopts=-q -s --import-mode=importlib -p no:cacheprovider' $(ARGS)

soak: $(STAMP) ## Run the long tests (ARGS=tests/soak/test_kill.py for one file)
	$(BIN)/pytest -m soak $(or $(ARGS),tests)

law: $(STAMP) ## Write anew what is worked out from the rules: the cases that try each, and the sweep
	$(BIN)/python -m tests.consent.trials
	$(BIN)/python -m tests.consent.sweep

mutants: $(STAMP) ## Change each condition of the law in turn, and see a case fail (ARGS=consent.engine for one module)
	$(BIN)/python -m tests.mutants $(ARGS)

lock: ## Pin every dependency anew, with hashes (needs pip-tools)
	pip-compile --quiet --generate-hashes --no-strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
		--no-emit-options --no-header --extra dev --output-file requirements.lock pyproject.toml
	pip-compile --quiet --generate-hashes --no-strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
		--no-emit-options --no-header --output-file docker/requirements.lock pyproject.toml

clean: ## Remove what the other commands made, but no data of a hub
	rm -rf $(VENV) build *.egg-info .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help demo test check bench soak law mutants lock clean
