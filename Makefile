# sansnom. Needs git, make and Python 3.11 or newer; everything else goes into .venv.
# `make help` lists the targets. PYTHON=... chooses another interpreter.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first interpreter that is 3.11 or newer, one with venv if there is one. The pins are resolved for 3.11, so it comes first.
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3 python
PYTHON ?= $(shell for need in 'import venv, ensurepip' ''; do for p in $(CANDIDATES); do \
	if "$$p" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && "$$p" -c "$$need" 2>/dev/null; \
	then command -v "$$p"; exit; fi; done; done)

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

# One thread per process: three helpers share two cores, and a pool would fight the others.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help setup demo test check faults browser bench long fuzz soak postgres outside wheel audit-dependencies lock clean \
	check-format check-lint check-types check-walls check-lock check-docs

help:
	@echo 'make demo     run a whole question on a synthetic world     / une question complète sur un monde synthétique'
	@echo 'make test     all quick tests (under 6 minutes)             / tous les essais rapides (moins de 6 minutes)'
	@echo 'make check    format, lint, types, walls, docs, lock        / format, style, types, murs, docs, verrou'
	@echo 'make faults   plant each fault, demand that its test fails  / planter chaque faute, exiger un essai rouge'
	@echo 'make browser  open the site in headless Chromium            / ouvrir le site dans Chromium sans écran'
	@echo 'make bench    measure (docs/performance.md)                 / mesurer'
	@echo 'make long     slow statistics and world tests               / essais lents, statistiques'
	@echo 'make soak     live two years of a region (about 3 CPU min)   / vivre deux ans d’une région'
	@echo 'make postgres the desk on a PostgreSQL of its own           / le poste sur un PostgreSQL à lui'
	@echo 'make fuzz     attack every parser for a while             / attaquer chaque lecteur un moment'
	@echo 'make outside  fetch outside data that tests read            / lire des données extérieures (essais)'
	@echo 'make wheel    build a release twice, compare, list parts     / construire deux fois, comparer, lister'
	@echo 'make audit-dependencies  ask an advisory service (network)   / interroger un service d’avis (réseau)'
	@echo 'make setup    only prepare .venv                            / seulement préparer .venv'
	@echo 'make lock     renew the pins with their hashes              / renouveler les versions épinglées'
	@echo 'make clean    remove what make made                         / enlever ce que make a fait'

# ---------------------------------------------------------------------------------------------------- environment

$(STAMPS)/venv:
	@if [ -z "$(PYTHON)" ]; then \
		echo 'sansnom: no Python 3.11 or newer was found. Install one, or say which: make PYTHON=/path/to/python3' >&2; \
		echo 'sansnom, aucun Python 3.11 ou plus récent. Installez-en un, ou nommez-le avec make PYTHON=/chemin/python3' >&2; \
		exit 2; fi
	@if ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then \
		v=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "sansnom: Python $$v has no venv. On Debian or Ubuntu: apt-get install python$$v-venv" >&2; \
		echo "sansnom, Python $$v n'a pas venv. Sous Debian ou Ubuntu, apt-get install python$$v-venv" >&2; \
		exit 2; fi
	@echo 'sansnom: making .venv / création de .venv'
	@"$(PYTHON)" -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# run: enough for the product.
$(STAMPS)/run: requirements/run.txt $(STAMPS)/venv
	@echo 'sansnom: installing what it runs on / installation des dépendances'
	@$(PIP) install --require-hashes -r requirements/run.txt
	@touch $@

# dev: enough for the tests and checks, and for building the package itself (setuptools).
$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	@echo 'sansnom: installing what tests it / installation des outils d’essai'
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/dev
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@if [ -f src/sansnom/compute/kernels.py ]; then \
		echo 'sansnom: compiling kernels once / compilation des noyaux, une fois'; \
		$(BIN)/python -m sansnom.compute.kernels; fi
	@touch $@

$(STAMPS)/browser: requirements/browser.txt $(STAMPS)/package
	@$(PIP) install --require-hashes -r requirements/browser.txt
	@touch $@

# Outside data that tests read: one package, unpacked without its dependencies.
.outside/.stamp: requirements/outside.txt $(STAMPS)/venv
	@echo 'sansnom: fetching outside data / données extérieures'
	@$(PIP) install --require-hashes --no-deps --upgrade --target .outside -r requirements/outside.txt
	@touch $@

outside: .outside/.stamp

.venv-bench/.stamp: requirements/bench.txt $(STAMPS)/venv
	@echo 'sansnom: making .venv-bench / création de .venv-bench'
	@"$(PYTHON)" -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet --quiet install --require-hashes -r requirements/bench.txt
	@touch $@

setup: $(STAMPS)/package

# ----------------------------------------------------------------------------------------------------------- work

demo: setup
	$(BIN)/sansnom demo $(DEMO)

# A file's tests stay together on one of the workers, so what a file prepares is prepared once. PARALLEL= runs them one by one.
PARALLEL ?= -n 2 --dist loadfile

test: setup outside
	$(BIN)/python -m pytest $(PARALLEL) $(T)

# Each part can be asked for alone; `make -k check` goes on after a red one.
check: check-format check-lint check-types check-walls check-lock check-docs

check-format: setup
	$(BIN)/ruff format --check --output-format concise .

check-lint: setup
	$(BIN)/ruff check .

check-types: $(STAMPS)/browser
	$(BIN)/mypy

check-walls: setup
	$(BIN)/lint-imports

check-lock: setup
	$(BIN)/python -m pip check

check-docs: setup
	$(BIN)/python -m pytest -q tests/architecture tests/docs

faults: setup
	$(BIN)/python tests/faults/run.py $(F)

browser: $(STAMPS)/browser
	$(BIN)/python -m pytest -m browser $(PARALLEL) $(T)

fuzz: setup
	$(BIN)/python -m tests.fuzz.by_command $(FUZZ)

long: setup
	$(BIN)/python -m pytest -m 'slow or long' $(T)

postgres: setup
	@$(PIP) install --require-hashes -r requirements/postgresql.txt
	$(BIN)/python -m tests.desk.on_postgresql

bench: setup .venv-bench/.stamp
	@if [ -f bench/run.py ]; then $(BIN)/python bench/run.py $(B); else echo 'bench/run.py: not yet / pas encore'; fi

COMPILE := $(BIN)/pip-compile --quiet --upgrade --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --no-header --strip-extras

soak: setup
	$(BIN)/python -m bench.soak $(S)

wheel: setup
	@.ci/wheel

.venv-audit/.stamp: requirements/audit.txt $(STAMPS)/venv
	@echo 'sansnom: making .venv-audit / création de .venv-audit'
	@"$(PYTHON)" -m venv .venv-audit
	@.venv-audit/bin/python -m pip --disable-pip-version-check --quiet --quiet install --require-hashes -r requirements/audit.txt
	@touch $@

audit-dependencies: setup .venv-audit/.stamp
	@$(BIN)/python .ci/audit-dependencies .venv-audit/bin/pip-audit

lock: $(STAMPS)/dev
	cd requirements && for f in run dev browser postgresql bench bench-protect audit; do ../$(COMPILE) --output-file $$f.txt $$f.in || exit 1; done

clean:
	rm -rf $(VENV) .venv-bench .venv-audit .outside build dist demo soak .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
