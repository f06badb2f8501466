# Every task by one name; CI calls the same. `make` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= auto

.PHONY: help run shell later test test-slow test-all test-kills test-mutations node lint format types check bench audit requirements messages clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run ## Install, prepare and start everything; Ctrl-C stops it
	@$(BIN)/python -m config.dev

shell: .venv/run ## A Django shell with the development settings
	@$(BIN)/python -m config.dev shell

DAYS ?= 31
later: .venv/run ## Move the running local Stripe forward: make later DAYS=31
	@$(BIN)/python -m sandbox.later $(DAYS) --port $$(( $${PORT:-8000} + 1 ))

test: .venv/dev ## The tests, but for the slow ones
	@$(BIN)/pytest -n $(JOBS) -m "not slow" $(ARGS)

test-slow: .venv/dev ## The slow tests: most of what a browser does, model check, bursts, long property runs
	@$(BIN)/pytest -n $(JOBS) -m "slow and not kills and not mutations" --timeout 900 $(ARGS)

test-all: .venv/dev ## Both in one run, evenly spread (as CI does; DATABASE_URL for those of PostgreSQL)
	@$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not kills and not mutations" --timeout 900 $(ARGS)

test-mutations: .venv/dev ## Take the cure of every fault out of a copy: the tests that name it must fail (minutes)
	@$(BIN)/pytest -n $(JOBS) -m mutations tests/test_mutations.py $(ARGS)

test-kills: .venv/dev ## Kill -9 at every call to Stripe of every flow (minutes; needs DATABASE_URL)
	@$(BIN)/pytest -n $(JOBS) -m kills $(ARGS)

node: ## Install Stripe's own tools from npm, which the local Stripe is tried with
	@npm install --prefix sandbox/tests/node --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error

lint: .venv/dev ## Style, templates, and which room imports which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/lint-imports

format: .venv/dev ## Put the code into its format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

types: .venv/dev ## Types
	@SECRET_KEY=types $(BIN)/mypy .

check: .venv/dev ## Django's own checks, as in production, and missing migrations
	@$(BIN)/python -m config.dev check

audit: .venv/dev ## Known vulnerabilities in what is installed (needs the network)
	@$(BIN)/pip-audit --disable-pip -r requirements.txt

bench: .venv/dev ## Speed, as ratios measured side by side
	@$(BIN)/python -m benchmarks

requirements: .venv/dev ## Pin requirements*.in anew
	@for name in requirements requirements-dev; do $(BIN)/uv pip compile --quiet --upgrade --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make requirements" $$name.in --output-file $$name.txt; done

messages: .venv/run ## Bring the catalogues in locale/ up to the strings in the sources
	@$(BIN)/python -m config.translations refresh

clean: ## Forget everything that a run left behind
	rm -rf .venv var staticfiles .mypy_cache .ruff_cache .hypothesis

# --- The virtual environment: made once, filled anew when the pinned packages change -----------------------------

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Turnpike needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 run"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9" \
		|| echo "uv could not be installed; pip will do, more slowly."

INSTALL = if test -x .venv/bin/uv; then .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r $(1); \
	else .venv/bin/python -m pip install --quiet --require-hashes -r $(1); fi

.venv/run: requirements.txt | .venv/bin/uv
	@echo "Installing what Turnpike needs ..."
	@$(call INSTALL,requirements.txt)
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/uv
	@echo "Installing what testing needs ..."
	@$(call INSTALL,requirements-dev.txt)
	@touch $@ .venv/run
