# Every task of the suite. `make` alone prints them. Nothing here but `officer` names a service.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Settings of the caller's shell that would make Python use another environment than .venv, or compile every module again
# in each process that starts.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
WSIS := .venv/bin/wsis
SERVICES := $(patsubst services/%/pyproject.toml,%,$(wildcard services/*/pyproject.toml))
PROJECTS := $(wildcard */pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml tests/*/pyproject.toml)
# Everything with a pyproject.toml, except shared/, which is installed first.
FOLDERS := $(filter-out ./shared,$(patsubst %/pyproject.toml,./%,$(PROJECTS)))
# The stamp depends on the set of folders: after a service is added or removed, `make` installs again.
STAMP := .venv/.installed-$(firstword $(shell echo $(FOLDERS) | cksum))

SOURCES := $(wildcard shared/src gateway/src services/*/src deploy/*/src tests/*/src)

SUITES := $(wildcard tests/architecture tests/contract shared/tests gateway/tests deploy/*/tests) \
	$(wildcard services/*/tests) \
	$(wildcard tests/integration tests/e2e tests/browser tests/faults)
UNIT := $(filter-out tests/%,$(SUITES))
PURE := tests/architecture $(filter-out deploy/%,$(UNIT))
# Runs a command with a broker, a store and a mail catcher: those of `make infrastructure`, or new ones.
AROUND := $(WSIS) around --
# Options for pytest, the demo or a benchmark: make unit ARGS='-k ballot'. Paths of tests among them take the place of all:
# make integration ARGS=tests/integration/test_jobs.py
ARGS ?=
GIVEN := $(strip $(foreach word,$(ARGS),$(and $(findstring /,$(word)),$(wildcard $(firstword $(subst ::, ,$(word)))),$(word))))
OPTIONS = $(filter-out $(GIVEN),$(ARGS))
# $(call tests,FOLDER): what pytest is to run.
tests = $(or $(GIVEN),$(1)) $(OPTIONS)
# $(call suites,FOLDERS): the same for .ci/suites.py.
suites = $(PY) .ci/suites.py $(or $(GIVEN),$(1)) -- $(OPTIONS)

.PHONY: help
help:
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo; echo "Services: $(SERVICES)"

##@ Set up

.PHONY: install
install: $(STAMP) ## Install what is missing: Debian packages (root or sudo), .venv, all of the suite
	@:

$(STAMP): deploy/setup.sh constraints.txt $(PROJECTS)
	@deploy/setup.sh $(FOLDERS)
	@rm -f .venv/.installed-*
	@touch $@

.PHONY: constraints
constraints: ## Resolve all dependencies again and write constraints.txt
	@rm -rf .run/constraints && python3 -m venv .run/constraints
	.run/constraints/bin/python -m pip install -q -e './shared[service]' $(foreach folder,$(FOLDERS),-e $(folder)) \
		-r tests/browser/requirements.txt ruff mypy uv wheel 'setuptools>=80,<81'
	@{ sed -n '/^#/p' constraints.txt; .run/constraints/bin/python -m pip freeze --all --exclude-editable | grep -v '^pip=='; } > .run/constraints.txt
	@mv .run/constraints.txt constraints.txt && rm -rf .run/constraints

.PHONY: clean
clean: down ## Remove .venv, generated files, and the data in .run
	rm -rf .venv .run dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache htmlcov .coverage
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
	find . -name '*.egg-info' -not -path './.git/*' -prune -exec rm -rf {} +

##@ Check

.PHONY: check
check: lint types manifests architecture ## Everything that needs no broker

.PHONY: lint
lint: install ## Style (ruff)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

.PHONY: format
format: install ## Fix the style (ruff)
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

.PHONY: types
types: install ## Types (mypy)
	@MYPYPATH=$$(echo $(SOURCES) | tr ' ' ':') $(PY) -m mypy $(SOURCES)

.PHONY: manifests
manifests: install ## Every plugin loads, and every name in its manifest exists
	@$(WSIS) check

.PHONY: lines
lines: ## How many lines of source, tests, kits, benchmarks and the demonstration there are
	@$(PY) .ci/lines.py

.PHONY: inventories
inventories: install ## Write docs/settings.md, and security.md of each part: fields, limits, data, keys, connections, costly work, logs
	@$(WSIS) settings > docs/settings.md
	@$(WSIS) security --write

##@ Test

# One scheduler: several wake each other, which costs the broker a third of its processor time.
test unit contract integration e2e faults: export ERL_AFLAGS := +S 1:1

.PHONY: test
test: install ## Everything; the last line holds the totals
	@$(AROUND) $(call suites,$(SUITES))

.PHONY: node-packages
node-packages: ## What tests in JavaScript need, beside each package.json; without it they are skipped
	@for package in $(wildcard services/*/tests/*/*/package.json); do \
		(cd $$(dirname $$package) && npm install --no-package-lock --ignore-scripts --no-audit --no-fund) || exit 1; done

.PHONY: durations
durations: ## After `make test`: keep the seconds of its modules, by which the next run is split and ordered
	@$(PY) .ci/suites.py --record

.PHONY: quick
quick: install ## Tests that need neither broker nor store: all, or those of PATHS
	@$(if $(PATHS),$(PY) -m pytest -q --pure $(PATHS) $(ARGS),$(call suites,$(PURE)) --pure)

.PHONY: unit
unit: install ## The tests inside shared/, gateway/, deploy/ and each service; SERVICE=x for one service
	@$(AROUND) $(call suites,$(if $(SERVICE),services/$(SERVICE)/tests,$(UNIT)))

.PHONY: architecture
architecture: install ## Names, layers, plugins, docs: no broker, seconds
	@$(PY) -m pytest -q $(call tests,tests/architecture)

.PHONY: contract
contract: install ## Contracts of publishers and consumers, gateway and services
	@$(AROUND) $(PY) -m pytest -q $(call tests,tests/contract)

.PHONY: integration
integration: install ## Bus and store with sample services
	@$(AROUND) $(PY) -m pytest -q $(call tests,tests/integration)

.PHONY: e2e
e2e: install ## The whole suite, over HTTP only
	@$(PY) -m pytest -q $(call tests,tests/e2e)

.PHONY: browser
browser: install ## Every page in Chromium, by its rules of accessibility, and what people do there; installs the browser
	@deploy/setup.sh --browser
	@$(PY) -m pytest -q $(call tests,tests/browser)

.PHONY: faults
faults: install ## Kills, freezes and network cuts: votes acknowledged, lost, duplicate; mails sent twice, missed
	@$(PY) -m pytest -q tests/faults $(ARGS)
	@$(PY) -m pytest -q $(wildcard services/*/tests/test_faults.py services/*/tests/test_crash_points.py)

.PHONY: faults-long
faults-long: install ## The same for long: 200,000 votes over 20 kills, 200,000 mails over 10 (SEED=n for another order)
	@WSIS_NIGHTLY=1 $(PY) -m pytest -q tests/faults $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: faults-by-lot
faults-by-lot: install ## Votes and events amid faults drawn by lot, all counted (SEED=n VOTES=200000 EVENTS=200000 FAULTS=40 BROKERS=3 LOTS=8)
	@$(PY) -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(VOTES),--votes $(VOTES)) \
		$(if $(EVENTS),--events $(EVENTS)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(BROKERS),--brokers $(BROKERS)) \
		$(if $(LOTS),--lots $(LOTS)) $(ARGS)

.PHONY: drill
drill: install ## Backup under votes, loss of store and broker, restore: what is equal, in how many seconds (VOTES=600 MEMBERS=3 S3=1)
	@$(PY) -m tests.faults.drill $(if $(VOTES),--votes $(VOTES)) $(if $(MEMBERS),--members $(MEMBERS)) $(if $(S3),--s3) $(ARGS)

.PHONY: upgrade
upgrade: install ## A suite of a former version upgraded and rolled back under load: lost, doubled, 5xx (FROM=tag, by default the last)
	@$(PY) -m tests.faults.upgrade $(if $(FROM),--from $(FROM)) $(ARGS)

.PHONY: bus-findings
bus-findings: install ## The tests of each finding and promise of the bus, as a table (FINDINGS='D3 D5' for some)
	@$(AROUND) $(PY) -m tests.findings tests/faults/bus_findings.yaml $(FINDINGS)

.PHONY: mutants
mutants: install ## Do the tests notice small errors? 85 % of a sample at least (SEED=n, COUNT=50, SERVICE=x, FILES='...')
	@$(AROUND) $(PY) -m tests.mutants --seed $(or $(SEED),1) --count $(or $(COUNT),50) \
		$(if $(SERVICE),--service $(SERVICE)) $(if $(FILES),--files $(FILES)) $(ARGS)

.PHONY: nightly
nightly: install ## Everything in its long form: all tests with large numbers, the demo with the volumes of 2017, mutants, a soak
	-@deploy/setup.sh --browser
	-@$(MAKE) node-packages
	@.ci/nightly

.PHONY: security
security: install ## Attacks, made-up requests of all roles, bandit, secrets in the history, licences, SBOM
	@$(AROUND) $(PY) -m tests.security $(ARGS)

.PHONY: chart
chart: install ## The chart for Kubernetes: rendered by helm, linted, valid, safe, by the manual, each pod run (root; ARGS=--no-pods)
	@$(PY) -m tests.chart $(ARGS)

.PHONY: rehearsal
rehearsal: install ## Production on one machine by Compose and podman, every container replaced under votes (VOTERS=600, TLS=1); root
	@$(PY) -m tests.rehearsal $(if $(VOTERS),--voters $(VOTERS)) $(if $(TLS),--tls) $(ARGS)

.PHONY: bench
bench: install ## All benchmarks; `make bench-x` for the one named x
	@$(PY) -m tests.load $(ARGS)

# bench-x: the benchmark named x (say, bench-day)
bench-%: install
	@$(PY) -m tests.load $* $(ARGS)

##@ Run

.PHONY: run up
up: run
run: install ## Run the suite on this machine until Ctrl-C (also: make up)
	@exec $(WSIS) up

.PHONY: infrastructure
infrastructure: install ## Keep a broker, a store and a mail catcher until Ctrl-C: tests in other terminals start at once
	@exec $(WSIS) up --infrastructure

.PHONY: down
down: ## Stop the suite and the infrastructure that run here, from another terminal
	@if [ -x $(WSIS) ]; then $(WSIS) down; fi

.PHONY: officer
officer: install ## Become an officer of the suite that runs here: EMAIL=you@example.org
	@test -n "$(EMAIL)" || { echo "usage: make officer EMAIL=<address>"; exit 2; }
	@$(WSIS) exec $(WSIS) accounts officer --email "$(EMAIL)" --role officer --role operator $(ARGS)

.PHONY: demo
demo: install ## Play a whole edition on the suite that runs here, or else on its own suite
	@$(WSIS) demo $(ARGS)

.PHONY: logs
logs: ## Follow the logs of the running suite; SERVICE=x for one
	@tail -n 20 -F .run/logs/$(if $(SERVICE),$(SERVICE)*,*).log

.PHONY: service
service: install ## Write a new service from the template: NAME=x
	@test -n "$(NAME)" || { echo "usage: make service NAME=<name>"; exit 2; }
	@$(WSIS) new $(NAME)

##@ Ship

.PHONY: shape
shape: install ## Write what this version shares with the next one, when it is released: fields, indexes, queues, events, methods
	@$(PY) -m tests.contract.released

.PHONY: wheels
wheels: install ## A wheel of each package into dist/
	@$(PY) -m pip --disable-pip-version-check wheel -q --no-deps --no-build-isolation -w dist ./shared $(FOLDERS)
	@ls dist

.PHONY: sbom
sbom: install ## The SBOM of what ships into dist/ (CycloneDX 1.6): libraries, Debian packages, images
	@$(PY) -m pip --disable-pip-version-check install -q -c constraints.txt -r tests/security/requirements.txt
	@$(PY) deploy/sbom.py dist/wsis.cdx.json

.PHONY: release
release: install ## Wheels, chart, SBOMs of this commit into dist/<version>: two equal builds, licences, checksums, signature (KEY=file)
	@$(PY) -m pip --disable-pip-version-check install -q -c constraints.txt -r tests/security/requirements.txt
	@$(PY) deploy/make_release.py $(if $(KEY),--key $(KEY))

.PHONY: image
image: ## The container image of one service, or of the gateway: SERVICE=x (EXTRAS=s3,otlp)
	@test -n "$(SERVICE)" || { echo "usage: make image SERVICE=<name>"; exit 2; }
	docker build -f deploy/Dockerfile --build-arg SERVICE=$(SERVICE) $(if $(EXTRAS),--build-arg EXTRAS=$(EXTRAS)) \
		-t wsis-$(SERVICE) .
