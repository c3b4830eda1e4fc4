# Every command of the house. `make` alone lists them.
# A clean clone with Python 3.11+ and make is enough: a command makes what it needs before it starts.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCKED := $(PIP) install --require-hashes --only-binary :all:
PYTEST := $(BIN)/pytest -n auto --maxprocesses=2
COMPILE := .venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- the installation: redone only when what it is made from changes -------------------------------
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Name yours: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements/base.txt pyproject.toml CHANGELOG.md | $(BIN)/python
	@echo "Installing what Arrears needs (once) …"
	$(LOCKED) -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.web: requirements/web.txt $(VENV)/.base
	@echo "Installing the workbench (once) …"
	$(LOCKED) -r requirements/web.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what the tests need (once) …"
	$(LOCKED) -r requirements/dev.txt
	@touch $@

$(VENV)/.spark: requirements/spark.txt $(VENV)/.dev
	@echo "Installing Spark (once) …"
	$(LOCKED) --no-binary pyspark -r requirements/spark.txt
	@touch $@

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.dev
	@echo "Installing mutmut (once) …"
	$(LOCKED) -r requirements/mutants.txt
	@touch $@

.PHONY: install
install: $(VENV)/.web ## install Arrears in .venv

# ---- to look at it ---------------------------------------------------------------------------------
.PHONY: demo
demo: $(VENV)/.web ## a made-up bank of 20,000 loans, its last 90 days, then its workbench (DEMO_SERVE=0: not that)
	$(BIN)/arrears demo $(if $(filter 0,$(DEMO_SERVE)),--no-serve)

# ---- to judge it -----------------------------------------------------------------------------------
.PHONY: test
test: $(VENV)/.dev ## the tests that need no server (under 5 minutes)
	$(PYTEST) -m "not kill and not night and not spark and not peers and not journey and not long"

.PHONY: check
check: $(VENV)/.dev ## lint, format, types, floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: spark
spark: $(VENV)/.spark ## the tests that need Spark and Java
	$(BIN)/pytest -m "spark and not night"

.PHONY: peers
peers: $(VENV)/.dev ## the tests that start real peers: Postfix, Kannel, PostgreSQL
	$(PYTEST) -m peers

.PHONY: journey
journey: $(VENV)/.dev ## whole stories in a real browser, with real mail and text messages
	$(PYTEST) -m journey

.PHONY: postgres
postgres: $(VENV)/.dev ## the tests of the workbench and the sender on a PostgreSQL that they start themselves
	bash tests/lib/on_postgres $(PYTEST) --force-enable-socket tests/web \
	  tests/spec/test_send_killed.py tests/spec/test_two_senders.py tests/spec/test_caps_race.py \
	  tests/spec/test_log_killed.py tests/spec/test_send_points.py tests/spec/test_send_restored.py

.PHONY: long
long: $(VENV)/.dev ## the tests that take minutes: a real book month by month, fault after fault planted
	$(PYTEST) -m "long and not night"

.PHONY: kill
kill: $(VENV)/.dev ## processes killed at random moments of load and run
	$(PYTEST) -m kill

.PHONY: mutants
mutants: $(VENV)/.mutants ## plant faults in what decides; one that no test notices must be argued: takes an hour
	rm -rf mutants
	ARREARS_EXAMPLES=mutants $(BIN)/mutmut run --max-children 2 </dev/null
	$(BIN)/python -m tests.lib.mutants

.PHONY: night
night: $(VENV)/.spark ## 10,000 random loans, 50 kills, 10 million lives asked of the gate, mutants: takes hours
	ARREARS_EXAMPLES=night ARREARS_KILLS=50 ARREARS_SCHEDULES=10000000 ARREARS_LIVES=2000 \
	  ARREARS_ATTEMPTS=100000 ARREARS_TAMPERS=1000 ARREARS_APPENDS=1000000 $(PYTEST)
	$(MAKE) mutants

.PHONY: ci
ci: ## everything the build runs
	bash .ci/run

.PHONY: bench
bench: $(VENV)/.dev ## measure a day's run against a bare scan, the busiest pages against the cheapest
	$(BIN)/python benchmarks/daily_run.py
	$(BIN)/python benchmarks/workbench.py
	bash tests/lib/on_postgres $(BIN)/python benchmarks/workbench.py

.PHONY: bench-wording
bench-wording: $(VENV)/.dev ## measure how well, and how fast, forbidden wording is found
	$(BIN)/python -m benchmarks.wording

.PHONY: bench-publish
bench-publish: $(VENV)/.dev ## measure putting 100,000 cases before people, on SQLite and PostgreSQL
	$(BIN)/python benchmarks/publish.py
	bash tests/lib/on_postgres $(BIN)/python benchmarks/publish.py

.PHONY: bench-log
bench-log: $(VENV)/.dev ## measure appending to the log, numbering and verifying it, beside plain hashing
	$(BIN)/python benchmarks/log.py
	bash tests/lib/on_postgres $(BIN)/python benchmarks/log.py

# ---- to keep it ------------------------------------------------------------------------------------
.PHONY: format
format: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: docs
docs: $(VENV)/.dev ## write the generated pages of docs/reference anew
	$(BIN)/python -m docs.generate

.PHONY: lock
lock: ## choose newer versions of what we depend on and lock them with their hashes
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Name yours: make PYTHON=/path/to/python"; exit 1; }
	test -x .venv-lock/bin/pip-compile || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet pip-tools; }
	$(COMPILE) --upgrade --extra build --output-file requirements/base.txt pyproject.toml
	$(COMPILE) --upgrade --extra build --extra web --constraint requirements/base.txt --output-file requirements/web.txt pyproject.toml
	$(COMPILE) --upgrade --extra build --extra web --extra postgres --extra server --extra dev --constraint requirements/web.txt --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --upgrade --extra mutants --constraint requirements/dev.txt --output-file requirements/mutants.txt pyproject.toml
	$(COMPILE) --upgrade --extra spark --constraint requirements/base.txt --output-file requirements/spark.txt pyproject.toml

.PHONY: clean
clean: ## remove what the commands made, but no book
	rm -rf $(VENV) .venv-lock build dist mutants .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
