# Everything that this repository can do. `make` alone says what.
# The environment is made once in .venv and again only when a lock file or pyproject.toml has changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
DATA ?= .local
PORT ?= 8440
PEOPLE ?= 40
STAGE ?=
WORKERS ?= 2

BIN := .venv/bin
READY := .venv/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: help up down demo test nightly check bench package deploy deploy-check clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | while IFS=$$'\t' read -r target told; do printf '  make %-13s %s\n' "$$target" "$$told"; done

$(READY): requirements-test.txt pyproject.toml
	@infra/install.sh "$(PYTHON)" .venv requirements-test.txt
	@touch $@

up: $(READY) ## serve the whole platform on this machine, with a small synthetic district (DATA, PORT)
	@$(BIN)/nanhai up --detach --data "$(DATA)" --port $(PORT)
	@echo "make down ends it; $(BIN)/nanhai --help says what else there is"

down: $(READY) ## end the platform that `make up` started; its data stay
	@$(BIN)/nanhai down --data "$(DATA)"

demo: $(READY) ## play the story of one pass over HTTP on a throw-away platform
	@$(BIN)/nanhai demo

# Processes that tests start would each compile the whole platform anew; what is packaged stays without it.
test nightly: export PYTHONDONTWRITEBYTECODE =
test nightly: export PYTHONPYCACHEPREFIX = $(CURDIR)/build/pycache

test: $(READY) ## run all tests but the nightly ones (WORKERS)
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup -m "not nightly"

nightly: $(READY) ## run the long searches
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup -m nightly

check: $(READY) ## style, types, import directions, templates, contract, known vulnerabilities
	@PATH="$(CURDIR)/$(BIN):$$PATH" infra/check.sh

bench: $(READY) ## measure against peers; writes build/bench.json
	@$(BIN)/python -m tests.bench

package: $(READY) ## write each function's zip and SAM template to build/package (STAGE)
	@$(BIN)/nanhai package $(if $(STAGE),--stage "$(STAGE)") --region $${AWS_DEFAULT_REGION:-ap-east-1}

deploy: $(READY) ## bring a stage on AWS to what this working tree says (STAGE, AWS_DEFAULT_REGION)
	@: $(or $(STAGE),$(error make deploy STAGE=… names the stage, as infra/stages.yaml does))
	@$(BIN)/nanhai deploy --stage "$(STAGE)"

deploy-check: $(READY) ## prove deployment and packages against a moto server
	@$(BIN)/python -m infra.deploy_check

clean: ## remove what was built; .local (data of `make up`) stays
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
