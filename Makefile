# Two commands for a newcomer: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VAR ?= var
REQUIRE ?=
FUZZ_SECONDS ?= 3600
PYTEST ?= -n 2 --dist loadfile
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
TEST_STAMP := $(VENV)/.test-installed
BENCH_STAMP := $(VENV)/.bench-installed

.PHONY: corpora faults uploads copies fuzz help setup run demo soak test test-setup lint bench measure data lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(RUN_STAMP) ## .venv with .venv/bin/dlp

# A virtual environment needs Python 3.12 or later that really starts; .ci/find-python knows where to look.
$(BIN)/python:
	@python="$$(.ci/find-python)" && echo "using $$python" && "$$python" -m venv $(VENV)

$(RUN_STAMP): requirements/run.lock pyproject.toml $(wildcard dlp/native/*.[ch]) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m dlp.native.build
	@touch $@

$(TEST_STAMP): requirements/test.lock $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	@touch $@

$(BENCH_STAMP): requirements/bench.lock $(TEST_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

run: setup ## start the gateway on loopback (state in $(VAR)/)
	@exec $(BIN)/dlp serve --var $(VAR)

demo: setup ## start it with a built-in next hop and replay the incident of 2018 in small
	@exec $(BIN)/dlp demo --var $(VAR)-demo

test-setup: $(TEST_STAMP)
	@.ci/system-packages

test: test-setup ## all tests; REQUIRE=all makes a missing system part a failure
	REQUIRE=$(REQUIRE) $(BIN)/python -m pytest $(PYTEST) -rs

lint: $(TEST_STAMP) ## ruff, mypy, import-linter, signatures
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/dlp signatures check

faults: $(TEST_STAMP) ## mail under random faults; MAILS=2000 FAULTS=20 SEED=1 CLIENT=own|postfix FAULTS_IN=folder
	$(BIN)/python -m tests.faults --mails $(or $(MAILS),2000) --faults $(or $(FAULTS),20) --seed $(or $(SEED),1) \
	  --client $(or $(CLIENT),own) $(if $(FAULTS_IN),--folder $(FAULTS_IN))

soak: $(TEST_STAMP) ## everything by every way at full rate; memory and descriptors stay flat; MINUTES=20
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),20)
	$(BIN)/python -m tests.soak_web --minutes $(or $(MINUTES),20)

uploads: $(TEST_STAMP) ## uploads at once, a list in some: none passes, memory stays in bounds; UPLOADS=20 SIZE=1000000000 PLANTS=1000 MINUTES=60
	$(BIN)/python -m tests.uploads --uploads $(or $(UPLOADS),20) --size $(or $(SIZE),1000000000) --plants $(or $(PLANTS),1000) \
	  --minutes $(or $(MINUTES),60)

copies: $(TEST_STAMP) ## files of more than 4 GB through a mount: no list arrives, memory stays in bounds; SIZE=4200000000
	$(BIN)/python -m tests.copies --size $(or $(SIZE),4200000000)

fuzz: $(TEST_STAMP) ## fuzz every reader of a format; FUZZ_SECONDS=60 for a short run
	$(BIN)/python -m tests.fuzz $(FUZZ_SECONDS) $(FUZZ_SEED)

corpora: $(TEST_STAMP) ## read the test files of other projects, fetched by name: none may crash, hang or pass unread
	$(BIN)/python -W ignore -m tests.corpora $(VAR)-corpora

bench: $(BENCH_STAMP) ## the benchmarks, side by side; results in benchmarks/results
	$(BIN)/python -m benchmarks

measure: $(TEST_STAMP) ## precision, recall and count error on a made-up town's files; the replay of 2018
	$(BIN)/python -m tests.tuning.outside
	$(BIN)/dlp signatures measure --replay

data: $(TEST_STAMP) ## rebuild the shipped word lists from their sources
	$(BIN)/python -m dlp.tuning.dictionaries

lock: $(TEST_STAMP) ## refresh requirements/*.lock from pyproject.toml
	.ci/lock

clean: ## remove what was made (not var/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
