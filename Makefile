# Needs only make, git and Python 3.11 or later. `make` alone lists the targets.

# The interpreter: the newest that runs and can make an environment. Or say `make PYTHON=/path/to/python3 ...`.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$p"; break; }; done)
UV ?= uv
BIN := .venv/bin
FLOOR = 95
NOTEBOOKS = $(sort $(wildcard notebooks/*.ipynb))

# The same output on every run and every machine. (MPLBACKEND is not set here: it would
# switch off the pictures in notebooks. tests/conftest.py sets the backend for the tests.)
export SOURCE_DATE_EPOCH ?= 1767225600
export PYTHONHASHSEED := 0
export TZ := UTC
export LC_ALL := C.UTF-8
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help .venv test suite test-all lint notebooks outputs refresh accept charts site browser attack sameness load oldest newest briefings rehearsal release lab lock clean

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
	@$(BIN)/jupyter labextension disable --level=sys_prefix "@jupyterlab/apputils-extension:announcements" 2>/dev/null
	@touch $@

lint: .venv ## style, types, who imports whom, and every rule of the data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/ofsted-analysis check

PYTEST = $(BIN)/python -m pytest --numprocesses auto --dist loadfile tests src/ofsted_analysis

test: .venv ## lint, check the data, run every test on seeded samples
	@$(MAKE) --no-print-directory --jobs=2 lint suite

suite: .venv
	$(PYTEST)

test-all: lint ## the same on everything, with the branches that the tests reach
	OFSTED_FULL=1 $(PYTEST) --cov --cov-report term:skip-covered --cov-fail-under $(FLOOR)

notebooks: .venv ## hold every notebook against its saved outputs, and make the site, build/index.html, and charts
	@$(MAKE) --no-print-directory --jobs=2 outputs charts site

outputs: .venv
	$(if $(NOTEBOOKS),$(BIN)/python -m pytest --nbval --nbval-current-env $(NOTEBOOKS))

charts: .venv
	$(BIN)/ofsted-analysis charts --out build/charts

site: .venv
	$(BIN)/python tools/build_site.py build

browser: .venv ## the site in Chromium: look-up, search, links, accessibility; JupyterLab runs the notebooks
	$(BIN)/python tools/check_site.py build --lab

refresh: .venv ## renew all that is derived and committed: stamps, numbers, pages, notebooks, pictures
	$(BIN)/ofsted-analysis stamp
	$(BIN)/python tools/release.py versions
	$(BIN)/python tools/prose.py
	$(BIN)/ofsted-analysis docs
	$(BIN)/python -m pytest -q --accept src/ofsted_analysis || true  # it fails where it mended
	$(BIN)/ruff format -q src  # and leaves spaces at the end of lines
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)
	$(BIN)/python -m pytest -q -W default --mpl-generate-path=tests/baseline $(PICTURES)

PICTURES = tests/charts/test_images.py tests/charts/test_authority.py tests/charts/test_staying.py

accept: .venv ## say what has changed in data/ since the last commit, and accept it
	@rm -rf build/accepted && mkdir -p build/accepted
	@git archive HEAD data | tar -x -C build/accepted
	$(BIN)/ofsted-analysis stamp
	$(BIN)/ofsted-analysis accept build/accepted/data

# Two at a time, the longest first: what each printed follows when it is done.
BREAK = $(BIN)/python -W ignore tools/break_
attack: .venv ## break documents, facts, writes, the command line and the library; print how often it told
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target \
		$(addprefix .break-,facts documents writes cli library)

.break-%:
	@$(BREAK)$*.py

sameness: .venv ## all that is published, made twice in different surroundings: the same bytes
	$(BIN)/python tools/check_sameness.py

load: .venv ## ten and a hundred times the data: time and memory grow no faster than the tables
	$(BIN)/python tools/measure_load.py

oldest: .venv ## facts and figures with the oldest dependencies allowed: the same
	$(BIN)/python tools/check_dependencies.py oldest

newest: .venv ## facts and figures with the newest dependencies there are: the same
	$(BIN)/python tools/check_dependencies.py newest

briefings: .venv ## a briefing on every authority in build/briefings, and as PDF with LibreOffice to count pages
	$(BIN)/ofsted-analysis briefing --all --force --out build/briefings
	$(BIN)/python tools/check_briefings.py build/briefings

rehearsal: .venv ## one inspection more, on a copy, then refresh and every test; `LESS=inspection_id` takes one out
	$(BIN)/python tools/rehearse.py $(if $(LESS),less $(LESS),more)

release: .venv ## check that all that names a version agrees, and make wheel, sdist and data zip in dist/
	$(BIN)/python tools/release.py build dist

lab: .venv ## open the notebooks in JupyterLab
	$(BIN)/python -m jupyterlab --notebook-dir notebooks

lock: ## make requirements.lock again (needs uv; LOCKFLAGS=--upgrade for newer versions)
	$(UV) pip compile pyproject.toml --output-file requirements.lock --quiet \
		--universal --python-version 3.11 --all-extras --no-strip-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCKFLAGS)

clean: ## remove what the other targets made, but for .venv
	rm -rf build dist .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
