# `make` lists the targets. Each makes what it needs first, so any of them works in a fresh clone.
PYTHON ?= python3
VENV ?= .venv

ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python

.PHONY: help venv demo test lint format clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo    train, test and look at SRCNN on sample photographs, in a few minutes'
	@echo 'make test    run the tests; make test ARGS="-k psnr" some of them, ARGS="-m slow" the slow ones'
	@echo 'make lint    ruff, mypy and shellcheck'
	@echo 'make format  format the code'
	@echo 'make venv    the virtual environment alone, in $(VENV)'
	@echo 'make clean   delete caches and build files; $(VENV), data and work_dirs stay'
	@echo 'Variables:   PYTHON=python3.12 (Python 3.10 or newer), VENV=/elsewhere/venv'

venv: $(VENV)/.runtime

demo: $(VENV)/.runtime
	@$(PY) tools/demo.py

test: $(VENV)/.dev
	@$(PY) -m pytest -n 2 $(ARGS)

lint: $(VENV)/.dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(BIN)/shellcheck -x tools/*.sh tests/slurm/*.sh .ci/run

format: $(VENV)/.dev
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

clean:
	@rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
	@find srcnn tools tests configs -name __pycache__ -type d -prune -exec rm -rf {} +

# pip shows its progress where somebody watches, and only warnings in a log.
pip_install = [ -t 1 ] || quiet=-q; $(PY) -m pip install --disable-pip-version-check $$quiet

$(VENV)/.runtime: requirements.txt
	@$(make_venv)
	@echo 'Installing requirements.txt into $(VENV): minutes, once.'
	@$(pip_install) -r requirements.txt
	@$(without_libgl)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo 'Installing requirements-dev.txt into $(VENV).'
	@$(pip_install) -r requirements-dev.txt
	@touch $@

# Also repairs an environment whose making was interrupted; one that works is left as it is.
define make_venv
set -e; \
if $(PY) -m pip --version >/dev/null 2>&1; then exit 0; fi; \
if ! command -v $(PYTHON) >/dev/null; then \
    echo '$(PYTHON): not found. Python 3.10 or newer is needed; name it with make PYTHON=/path/to/python3.' >&2; exit 1; \
fi; \
if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then \
    echo "$(PYTHON) is $$($(PYTHON) -V 2>&1), but 3.10 or newer is needed; name one: make PYTHON=python3.12" >&2; exit 1; \
fi; \
if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
    echo '$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; \
fi; \
echo "Making $(VENV) with $$($(PYTHON) -V)."; \
$(PYTHON) -m venv $(VENV)
endef

# A server without libGL cannot load opencv-python, which mmengine insists on; the headless build is the same module.
define without_libgl
$(PY) -c 'import cv2' 2>/dev/null || { \
    echo 'OpenCV does not load here (no libGL?): taking its headless build.'; \
    $(PY) -m pip install --disable-pip-version-check -q --no-deps --force-reinstall \
        "opencv-python-headless==$$($(PY) -c 'from importlib.metadata import version; print(version("opencv-python"))')"; \
    $(PY) -c 'import cv2'; }
endef
