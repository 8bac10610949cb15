# Needs only make, git and Python 3.11 or later. `make` alone lists the targets.

# The interpreter: the newest that runs and can make an environment. Or say `make PYTHON=/path/to/python3 ...`.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$p"; break; }; done)
UV ?= uv
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
BIN := .venv/bin
FLOOR = 95
NOTEBOOKS = $(sort $(wildcard notebooks/*.ipynb))

# The same output on every run and every machine. (MPLBACKEND is not set here: it would
# switch off the pictures in notebooks. tests/conftest.py sets the backend for the tests.)
export SOURCE_DATE_EPOCH ?= 1767225600
export PYTHONHASHSEED := 0
export TZ := UTC
export LC_ALL := C.UTF-8

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help .venv test suite test-all lint notebooks refresh accept reliability briefings accessibility docs lab lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.venv: .venv/.installed ## set up .venv from requirements.lock

.venv/.locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later with the venv module was found: install one, or name it with 'make PYTHON=... .venv'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not a Python 3.11 or later with the venv module." >&2; exit 1; }
	@echo "Setting up .venv with $$("$(PYTHON)" --version): this takes a minute or two."
	@"$(PYTHON)" -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lint: .venv ## style, types, who imports whom, and every rule of the data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/ofsted-analysis check

PYTEST = $(BIN)/python -m pytest --numprocesses auto --dist loadfile tests src/ofsted_analysis
NBVAL = $(if $(NOTEBOOKS),--nbval --nbval-current-env $(NOTEBOOKS))

test: .venv ## lint, check the data, run every test on seeded samples and every notebook
	@$(MAKE) --no-print-directory --jobs=2 lint suite

suite: .venv
	$(PYTEST) $(NBVAL)

test-all: lint ## the same on everything, with the branches that the tests reach
	OFSTED_FULL=1 $(PYTEST) --cov --cov-report term:skip-covered --cov-fail-under $(FLOOR)
	$(if $(NOTEBOOKS),$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(NBVAL))

notebooks: .venv ## run the notebooks into a book, build/index.html, and the charts into build/charts
	$(BIN)/ofsted-analysis charts --out build/charts
	$(BIN)/python tools/build_book.py build $(NOTEBOOKS)

refresh: .venv ## renew all that is derived and committed: stamps, pages, notebooks, pictures
	$(BIN)/ofsted-analysis stamp
	$(BIN)/ofsted-analysis docs
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)
	$(BIN)/python -m pytest -q -W default --mpl-generate-path=tests/baseline $(PICTURES)

PICTURES = tests/charts/test_images.py tests/charts/test_authority.py tests/charts/test_staying.py

accept: .venv ## say what has changed in data/ since the last commit, and accept it
	@rm -rf build/accepted && mkdir -p build/accepted
	@git archive HEAD data | tar -x -C build/accepted
	$(BIN)/ofsted-analysis stamp
	$(BIN)/ofsted-analysis accept build/accepted/data

reliability: .venv ## break writes, the command line, the library and facts, and print how often it told
	$(BIN)/python tools/break_writes.py
	$(BIN)/python tools/break_cli.py
	$(BIN)/python -W ignore tools/break_library.py
	$(BIN)/python -W ignore tools/break_facts.py

briefings: .venv ## a briefing on every authority in build/briefings, and as PDF with LibreOffice to count pages
	$(BIN)/ofsted-analysis briefing --all --force --out build/briefings
	$(BIN)/python tools/check_briefings.py build/briefings

accessibility: ## check the book with axe-core, once it is built (needs Node.js, npm and Chromium)
	@test -f build/index.html || { echo "There is no book yet: run 'make notebooks' first." >&2; exit 1; }
	@for tool in node npm; do command -v $$tool >/dev/null || { echo "$$tool was not found: install Node.js 20 or later with npm." >&2; exit 1; }; done
	@test -n "$(CHROMIUM)" || { echo "Chromium was not found: install it, or name it with 'make CHROMIUM=/path/to/chromium accessibility'." >&2; exit 1; }
	@mkdir -p build/.accessibility && cp tools/accessibility/* build/.accessibility
	@npm ci --prefix build/.accessibility --loglevel error --no-audit --no-fund --ignore-scripts
	@CHROMIUM="$(CHROMIUM)" node build/.accessibility/check.mjs build/*.html

docs: .venv ## write the API reference and the pages of docs/ into build/docs
	$(BIN)/python tools/make_docs.py build/docs

lab: .venv ## open the notebooks in JupyterLab
	$(BIN)/python -m jupyterlab --notebook-dir notebooks

lock: ## make requirements.lock again (needs uv; LOCKFLAGS=--upgrade for newer versions)
	$(UV) pip compile pyproject.toml --output-file requirements.lock --quiet \
		--universal --python-version 3.11 --all-extras --no-strip-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCKFLAGS)

clean: ## remove what the other targets made, but for .venv
	rm -rf build dist .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
