# `make help` lists what there is. A machine needs make and Python 3.11 or newer, nothing else.

BIN := .venv/bin
SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
# The first of these that is new enough; `make demo PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command 'make lock' $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## What can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-10s %s\n' "$$name" "$$what"; done

.PHONY: demo
demo: .venv/.runtime ## Install what running needs and try the bot on a sandbox of the platform (Ctrl+C ends it)
	@exec $(BIN)/baoxiu demo

.PHONY: test
test: .venv/.dev ## Run all tests on SQLite, PostgreSQL and MySQL or MariaDB (make test ARGS="-k leak" picks some)
	@$(BIN)/pytest -n 2 $(ARGS)

.PHONY: test-quick
test-quick: .venv/.dev ## The same on SQLite alone
	@$(BIN)/pytest --databases sqlite -n 2 $(ARGS)

.PHONY: check
check: .venv/.dev ## Run what has to be clean before a merge: ruff, mypy, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2

.PHONY: bench
bench: .venv/.dev ## Measure this machine and write docs/benchmarks.md
	@$(BIN)/python -m bench $(ARGS)

.PHONY: eval
eval: .venv/.dev ## Count how well messages are understood and write docs/understanding.md
	@$(BIN)/python -m tests.nlp.eval $(ARGS)

.PHONY: learn
learn: .venv/.learn ## Learn the weights of words from the labelled sentences (make learn ARGS=--try only counts)
	@$(BIN)/python -m tests.nlp.learn $(ARGS)

.PHONY: campaign
campaign: .venv/.dev ## Break things on purpose for CAMPAIGN_MINUTES and write docs/reliability.md
	@$(BIN)/python -m tests.campaign $(ARGS)

.PHONY: faketime
faketime: ## Install Debian's libfaketime for the campaign's moved clocks (as root)
	@if ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends libfaketime; \
	else echo "make faketime: no libfaketime here, and installing Debian's needs apt-get and root. Without it the cases with moved clocks are listed as not run." >&2; exit 1; fi

.PHONY: oracle
oracle: .venv/.dev ## Compare who is on duty with a brute-force search, every minute of 400 days in five time zones
	@$(BIN)/pytest -m campaign -s tests/campaign/test_duty_minute_by_minute.py

.PHONY: browser
browser: ## Install Debian's Chromium for the tests of the demo page (as root)
	@if command -v chromium || command -v chromium-browser; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; \
	else echo "make browser: no Chromium here, and installing Debian's needs apt-get and root. Install one as chromium on the PATH." >&2; exit 1; fi

.PHONY: databases
databases: ## Install Debian's PostgreSQL and MariaDB for the tests (as root)
	@missing=; for each in postgres:postgresql mariadbd:mariadb-server; do \
		ls /usr/lib/postgresql/*/bin/$${each%%:*} >/dev/null 2>&1 || command -v $${each%%:*} >/dev/null || missing="$$missing $${each##*:}"; done; \
	if [ -z "$$missing" ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	else echo "make databases: missing$$missing, and installing Debian's needs apt-get and root. Or name servers by BAOXIU_TEST_POSTGRES_URL and BAOXIU_TEST_MYSQL_URL." >&2; exit 1; fi

.PHONY: lock
lock: $(BIN)/uv ## Write the lock files anew from pyproject.toml (make lock UPGRADE=--upgrade takes newer versions)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE) --group learn --constraint requirements-dev.lock pyproject.toml -o requirements-learn.lock

.PHONY: clean
clean: ## Delete the environment and everything that tools left; never data/ or config.toml
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed and none was found. Install one (Debian 12: apt-get install python3 python3-venv), or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@"$(PYTHON)" -c '$(SUPPORTED)' || { \
		echo "$(PYTHON) cannot be used: Python 3.11 or newer is needed." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module. Install it (Debian and Ubuntu: apt-get install python3-venv) and try again." >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv

# The stamps make repeats quick: pip runs again only after a lock file or the project's metadata changed.
.venv/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what running needs into .venv (a minute or two, only this time) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what tests need into .venv (a minute or two, only this time) …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

.venv/.learn: requirements-learn.lock | .venv/.dev
	@echo "Installing what learning needs into .venv (a minute, only this time) …"
	@$(PIP) install --require-hashes -r requirements-learn.lock
	@touch $@

$(BIN)/uv: | $(BIN)/python
	@$(PIP) install uv
