# Rampcheck's tasks. All that is needed beforehand: Python 3.11 or newer, make, git.
# Another interpreter: make demo PYTHON=python3.12      Arguments: make demo ARGS="--port 8080"

PYTHON ?= python3
ARGS ?=
JOBS ?= logical
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format format-check types imports audit secrets sbom check bench faults fuzz soak lock docs screenshots pictures clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/runtime.stamp  ## start the bot with an example portfolio and the local chat
	@$(PY) -m bot demo $(ARGS)

# Where an image forbids bytecode, each program that the tests start would compile the whole bot again.
test: $(VENV)/dev.stamp  ## run the whole suite, PostgreSQL included: make test ARGS="-k outbox"
	@seed=$${SEED:-$$(date +%s)}; echo "The same order again: make test SEED=$$seed"; \
	PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -q -n $(JOBS) --maxprocesses 8 --dist worksteal --randomly-seed=$$seed $(ARGS)

lint: $(VENV)/dev.stamp  ## look for mistakes (ruff)
	@$(PY) -m ruff check . $(ARGS)

format: $(VENV)/dev.stamp  ## put the code in its one form (ruff): changes files
	@$(PY) -m ruff check --quiet --select I --fix .
	@$(PY) -m ruff format . $(ARGS)

format-check: $(VENV)/dev.stamp  ## fail where `make format` would change something
	@$(PY) -m ruff format --check . $(ARGS)

types: $(VENV)/dev.stamp  ## mypy --strict on bot and adapters
	@$(PY) -m mypy $(ARGS)

imports: $(VENV)/dev.stamp  ## the arrows between the rooms (import-linter)
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-cache $(ARGS)

audit: $(VENV)/dev.stamp  ## the locks and the installed packages; known vulnerabilities where the service answers
	@$(PY) .ci/audit.py $(ARGS)

secrets: $(VENV)/dev.stamp  ## look for secrets in what is committed (detect-secrets)
	@$(PY) .ci/secrets.py $(ARGS)

sbom: $(VENV)/dev.stamp  ## write the software bill of materials, sbom.cdx.json, from the lock (CycloneDX)
	@$(PY) -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --mc-type application \
		--output-reproducible --spec-version 1.6 --validate --output-file sbom.cdx.json $(ARGS)
	@echo "Wrote sbom.cdx.json."

check: lint format-check types imports audit secrets  ## all of the static checks

bench: $(VENV)/dev.stamp  ## measure (never part of the tests)
	@$(PY) -m tests.bench $(ARGS)

soak: $(VENV)/dev.stamp  ## a year of 1,000 owners on both databases, workers killed: make soak ARGS="--owners 100"
	@$(PY) -m tests.soak $(ARGS)

faults: $(VENV)/dev.stamp  ## break things on purpose and print what held: make faults ARGS=17
	@$(PY) -m tests.faults $(ARGS)

fuzz: $(VENV)/dev.stamp  ## thousands of odd requests to every route of the web process: make fuzz ARGS=500
	@$(PY) -m tests.surface $(ARGS)

docs: $(VENV)/dev.stamp  ## write the generated reference pages again
	@$(PY) -m bot docs $(ARGS)

pictures: $(VENV)/dev.stamp  ## draw the pictures of Slack's and Teams' messages again (needs node and Chromium)
	@$(PY) -m tests.e2e.slack_pictures $(ARGS)
	@$(PY) -m tests.e2e.teams_pictures $(ARGS)

screenshots: $(VENV)/dev.stamp  ## take the README's pictures again (needs Chromium)
	@$(PY) -m tests.e2e.screenshots $(ARGS)

lock: $(VENV)/dev.stamp  ## compile both requirement files from pyproject.toml: make lock ARGS=--upgrade
	@$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.txt
	@$(COMPILE) $(ARGS) --extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt
	@echo "Compiled requirements.txt and requirements-dev.txt; the next make installs what changed."

clean:  ## remove the environment and everything generated; never a database
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment whose interpreter is gone (an upgrade, a moved disk) is made anew.
ifneq ($(wildcard $(VENV)/pyvenv.cfg),)
  ifneq ($(shell $(PY) -c 'print(1)' 2>/dev/null),1)
    $(shell rm -rf $(VENV))
  endif
endif

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Rampcheck needs Python 3.11 or newer, and there is no '$(PYTHON)' here." >&2; \
		echo "Install it, or name yours: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Rampcheck needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | head -n 1)." >&2; \
		echo "Name a newer one: make demo PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make environments: its modules venv and ensurepip are missing." >&2; \
		echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# The project is put on the path, not built: nothing beyond the lock is needed, and a moved tree goes on working.
$(VENV)/path.stamp: $(VENV)/pyvenv.cfg
	@echo '../../../..' > "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/rampcheck.pth"
	@printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$0")/python" -m bot "$$@"' > $(VENV)/bin/rampcheck
	@chmod +x $(VENV)/bin/rampcheck
	@touch $@

$(VENV)/runtime.stamp: requirements.txt $(VENV)/path.stamp
	@echo "Installing requirements.txt (once, and when it changes) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt $(VENV)/path.stamp
	@echo "Installing requirements-dev.txt (once, and when it changes) ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/runtime.stamp $@
