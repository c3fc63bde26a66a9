# make demo   everything set up, then every objective on bundled data, into demo/
# make test   lint, types and all tests
# make test-processors   the fast tests as on other processors, and on a busy machine
# make oldest the fast tests with the oldest releases that pyproject.toml allows
#
# Python >= 3.11 is all that is needed. Other settings:
#   PYTHON=python3.12                the interpreter that builds .venv
#   PIP_FLAGS=...                    for pip, e.g. --extra-index-url=https://download.pytorch.org/whl/cpu,
#                                    the small build of PyTorch on Linux machines without a GPU
#   DATA=folder                      for bench: data sets laid out as NAME/NAME.npz
#   OLDEST_TORCH=2.4.0               for oldest: the oldest PyTorch whose CPU build PIP_FLAGS lead to

PYTHON ?= python3
PIP_FLAGS ?=
DATA ?= data
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
OLDEST := .venv-oldest
# torch as in constraints.txt: of older ones the default index has builds of gigabytes, for GPUs.
OLDEST_TORCH ?= $(patsubst torch==%,%,$(filter torch==%,$(file < constraints.txt)))

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Python may keep what it compiles: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test test-processors oldest lint format bench clean

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

setup: $(STAMP)

# PyTorch first and pinned: the resolver never meets an unpinned torch, whose newest build may weigh gigabytes.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "deepkmeans needs Python 3.11 or newer; this is %d.%d. Use: make PYTHON=python3.12 ..." % v[:2])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(PIP_FLAGS) -c constraints.txt pip setuptools
	$(BIN)/python -m pip install --quiet $(PIP_FLAGS) -c constraints.txt torch
	$(BIN)/python -m pip install --quiet $(PIP_FLAGS) -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

demo: setup
	$(BIN)/deepkmeans demo --out demo --force

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

# One thread per worker: the tests are many small problems, and two workers share two cores best this way.
test: lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

FAST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not slow"

# Other instructions of PyTorch, oneDNN, MKL and OpenBLAS round differently; precision "auto" is bfloat16 or is not.
test-processors: export OMP_NUM_THREADS := 1
test-processors: export PYTHONPATH := $(CURDIR)/tests/processor
test-processors: setup
	ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 MKL_CBWR=COMPATIBLE OPENBLAS_CORETYPE=Nehalem $(FAST)
	ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 MKL_CBWR=AVX2 OPENBLAS_CORETYPE=Haswell $(FAST)
	EMULATED_BFLOAT16=fast $(FAST)
	EMULATED_BFLOAT16=slow $(FAST)
	busy=; for i in 1 2 3 4 5 6 7 8; do timeout 7200 sh -c 'while :; do :; done' & busy="$$busy $$!"; done; \
	trap "kill $$busy" EXIT; $(FAST)

# The installer alone is as in constraints.txt; $(OLDEST)/minima.txt is what was asked for.
$(OLDEST)/$(OLDEST_TORCH): pyproject.toml constraints.txt tests/declared_minima.py
	rm -rf $(OLDEST)
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet $(PIP_FLAGS) -c constraints.txt pip setuptools packaging
	$(OLDEST)/bin/python tests/declared_minima.py > $(OLDEST)/minima.txt
	$(OLDEST)/bin/python -m pip install --quiet $(PIP_FLAGS) torch==$(OLDEST_TORCH)
	$(OLDEST)/bin/python -m pip install --quiet $(PIP_FLAGS) torch==$(OLDEST_TORCH) -r $(OLDEST)/minima.txt
	$(OLDEST)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

oldest: export OMP_NUM_THREADS := 1
oldest: $(OLDEST)/$(OLDEST_TORCH)
	$(OLDEST)/bin/python -m pip list
	$(subst $(BIN),$(OLDEST)/bin,$(FAST))

format: setup
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m benchmarks objectives --data $(DATA) --json objectives.jsonl
	$(BIN)/python -m benchmarks kmeans --data $(DATA) --json kmeans.jsonl

clean:
	rm -rf $(VENV) $(OLDEST) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
