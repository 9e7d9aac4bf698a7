# Everything that may be asked of the portal, on a machine that has Python 3.11 with venv and pip, and make.
# Where the distribution has the same version and can make environments, that one: it was compiled with a profile, and
# runs the portal in five sixths of the time of one that was compiled on the spot.
PYTHON ?= $(shell python3 -m servers.fastest_python)
# Else every process that starts compiles the whole portal again, and a test run starts some seventy.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv/bin/python
BENCHMARKS ?= load risk ranking selection measurement draw own_rates effect trends trends_simulated bonds notices_matching notices_delivery promises inquiries pages export

.PHONY: run test setup setup-tests environment assets started servers stop clean check style types rooms templates installation collected bench

# The pages' assets are built while packages are installed, where the machine has its own Node; else after them.
setup: TESTS :=
setup-tests: TESTS := --tests
setup setup-tests:
	@$(MAKE) --no-print-directory --jobs 2 environment assets TESTS=$(TESTS)
	@$(VENV) -m servers.assets

environment:
	@$(PYTHON) -m servers.environment $(TESTS)

assets:
	@$(PYTHON) -m servers.assets --by-the-machines-node

run: setup
	@$(VENV) -m servers run

started: setup
	@$(VENV) -m servers start

servers: started
	@PORTAL_PROCESS=owner $(VENV) manage.py migrate --verbosity 0

stop:
	@test ! -x $(VENV) || $(VENV) -m servers stop

clean:
	@test ! -x $(VENV) || $(VENV) -m servers clean

CHECKS := style types rooms templates installation

check: setup-tests
	@$(MAKE) --no-print-directory --jobs 2 $(CHECKS)

style:
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .

types:
	$(VENV) -m mypy

rooms:
	.venv/bin/lint-imports

templates:
	$(VENV) -m djlint --check --lint templates

installation:
	PORTAL_PROCESS=owner $(VENV) manage.py check --fail-level WARNING
	PORTAL_PROCESS=owner $(VENV) manage.py makemigrations --check --dry-run

# Once, beside the checks, before two processes do it at the same time: each of them would compile all tests itself.
collected:
	@said=$$($(VENV) -m pytest --collect-only -qq) || { echo "$$said"; exit 1; }

# One thread to a process: the threads of both turn round waiting for each other, where two cores have other work.
test: export OPENBLAS_NUM_THREADS := 1
test: setup-tests started
	@$(MAKE) --no-print-directory --jobs 2 collected $(CHECKS)
	$(VENV) -m pytest -n 2

bench: export OPENBLAS_NUM_THREADS := 1
bench: setup-tests servers
	@for name in $(BENCHMARKS); do $(VENV) -m benchmarks.$$name || exit 1; done
