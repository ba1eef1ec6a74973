# The targets; the text behind a name describes it and is shown by `make help`.
# report_src/build/pipeline.py decides from the content of what goes in, never from file times, whether a step runs.
# Only an answer is repeated from file times: report_src/system/unchanged.py, while nothing has been touched since.

CONFIG  ?= report.toml
BUILD   ?= build
PROFILE ?=
WORKERS ?=
Q       ?=
PDF     ?=
ALL     ?=
SERVE   ?=
PORT    ?=
SECTION ?=
STUDIES ?=
REPORT  ?=
OLD     ?=
NEW     ?=
FORM    ?=
WEB     ?=
JSON    ?=
EDITOR_URL ?=
PYTHON3 ?= python3

# A shell's settings of Python do not reach the project: PYTHONPATH would bring another numpy in front of the pinned one,
# PYTHONSAFEPATH hide report_src, PYTHONOPTIMIZE remove assertions, PYTHONDONTWRITEBYTECODE compile everything each time.
unexport $(filter-out PYTHON3,$(filter PYTHON%,$(.VARIABLES)))

# what was typed is text: neither make nor the shell expands anything in it, as a file may be called a`b`$(c).pdf
TYPED := CONFIG BUILD PROFILE WORKERS Q PDF ALL SERVE PORT SECTION STUDIES REPORT OLD NEW FORM WEB JSON EDITOR_URL
$(foreach name,$(TYPED),$(eval override $(name) := $$(value $(name))))
export $(TYPED)
# a setting that is misspelt would change nothing, without a word
MISSPELT := $(strip $(foreach name,$(filter-out PYTHON3 TORCH KEEP,$(.VARIABLES)),$(if $(findstring command line,$(origin $(name))),$(name))))
$(if $(MISSPELT),$(error there is no setting $(firstword $(MISSPELT)); make help lists them))

.DEFAULT_GOAL := help
.PHONY: help report web full draft figures results check unused handin bundle audit diff watch where why new new-text bench test test-all lint lock clean FORCE
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
# the shell makes way for Python, which ends with make, however that ends
STEPS   = exec $(if $(WORKERS),env ANALYSIS_CLUSTER="$$WORKERS") $(PYTHON) -m report_src --parent $$PPID --config="$$CONFIG" --build="$$BUILD" $(if $(PROFILE),--profile="$$PROFILE") $(if $(STUDIES),--studies="$$STUDIES") $(if $(JSON),--json)
READY  := .ready/environment
# whoever asks for another build of torch is answered, though no file changed
ASKED  := $(if $(TORCH),FORCE)

# the second line of its stamp is the TeX that was checked: another one is checked again
NEWTEX := $(shell grep -qsxF "$$(command -v pdflatex || echo none)" .ready/tex || echo FORCE)

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo '  CONFIG=path/to/report.toml BUILD=some/dir builds another report; PROFILE=quick is a first look'
	@echo '  STUDIES=path/to/studies runs the code of a report outside of this clone'
	@echo '  WORKERS=tcp://host:port trains on a Dask cluster of hosts that you trust'
	@echo '  JSON=1 ends a command with one JSON object: its status, its findings with their places, what it printed'

report: $(READY) .ready/tex ## the whole report: BUILD/report.pdf
	@$(STEPS) report

full: ## the report with more replicates of every intervention
	@$(MAKE) --no-print-directory report PROFILE=full

web: $(READY) .ready/tex .ready/tools ## the same report as one web page: BUILD/report.html
	@$(STEPS) web

draft: $(READY) .ready/tex ## a PDF at once, unchecked: BUILD/report-draft.pdf
	@$(STEPS) draft

figures: $(READY) ## only the figures and results
	@$(STEPS) figures

results: $(READY) ## BUILD/results.json, every number of the report (with its figures)
	@$(STEPS) results

check: $(READY) ## every check of the report, without the PDF
	@$(STEPS) check

unused: $(READY) ## the keys of the results that no template reads
	@$(STEPS) unused

handin: $(READY) .ready/tex ## the report under its final name, if nothing forbids it: BUILD/<roll number>_<assignment>.pdf; WEB=1: and .html
	@$(STEPS) $(if $(WEB),--web) handin

audit: $(READY) ## does a PDF of this project hold what its inputs give? PDF=file.pdf, or ALL=folder
	@$(STEPS) $(if $(ALL),--all="$$ALL") audit $(if $(PDF),-- "$$PDF")

diff: $(READY) ## what changed between two reports: OLD=a.pdf NEW=b.pdf (PDF, build folder or commit) FORM=text|markdown|html
	@$(STEPS) $(if $(OLD),--old="$$OLD") $(if $(NEW),--new="$$NEW") $(if $(FORM),--form="$$FORM") diff

watch: $(READY) .ready/tex ## the report, built again as files change, until Ctrl-C; SERVE=1 shows it on a local page
	@$(STEPS) watch $(if $(SERVE),--serve) $(if $(PORT),--port="$$PORT") $(if $(EDITOR_URL),--editor="$$EDITOR_URL")

bundle: $(READY) .ready/tex ## a zip of the .tex and the figures that compiles in Overleaf
	@$(STEPS) bundle

where: $(READY) ## where a number comes from: Q=generalization.test_accuracy
	@$(STEPS) where $(if $(Q),-- "$$Q")

new: $(READY) ## a small report of its own to go on from: REPORT=path/to/folder
	@$(STEPS) new $(if $(REPORT),-- "$$REPORT")

new-text: $(READY) ## a section without its sentences, to write in your own words: SECTION=03
	@$(STEPS) new-text $(if $(SECTION),-- "$$SECTION")

why: $(READY) ## what the next `make report` would do again, and why
	@$(STEPS) why

bench: $(READY) .ready/tex ## measure training, checks and rebuilds (minutes): BUILD/bench.json
	@$(STEPS) report
	@$(PYTHON) -m benchmarks --build="$$BUILD"

# a file's tests share fixtures, so one worker runs them; in order, as small files at the end keep both at work
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder

test: $(READY) .ready/tex .ready/tools ## the tests
	@$(PYTHON) -m pytest $(SPREAD) -m "not long"

test-all: $(READY) .ready/tex .ready/tools ## the tests, with the long ones
	@$(PYTHON) -m pytest $(SPREAD)

lint: $(READY) ## ruff and mypy
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

COMPILE = .venv/bin/uv pip compile --quiet pyproject.toml --extra report --group dev --group web --group editor --universal --python-version 3.11 \
          --fork-strategy fewest --generate-hashes --no-annotate --no-emit-package colorama --custom-compile-command 'make lock'

lock: $(READY) ## pin the newest versions that pyproject.toml allows, with their hashes
	@$(COMPILE) $(if $(KEEP),,--upgrade) --output-file requirements.lock
	@cp requirements.lock requirements-cuda.lock
	@$(COMPILE) --no-config --no-sources --output-file requirements-cuda.lock

.DEFAULT:
	$(error there is no target or file '$@'; make help lists the targets)

clean: ## remove what was built (the environment stays)
	@$(or $(wildcard $(PYTHON)),$(PYTHON3)) -m report_src --build="$$BUILD" clean

PREPARES := bootstrap.py $(wildcard machine/*.py)

.ready/environment: requirements.lock $(PREPARES) .venv/bin/python $(wildcard .venv/pyvenv.cfg) $(ASKED)
	@$(PYTHON3) bootstrap.py environment

.ready/tex: $(PREPARES) $(wildcard templates/preamble.tex) $(NEWTEX)
	@$(PYTHON3) bootstrap.py tex

.ready/tools: $(PREPARES)
	@$(PYTHON3) bootstrap.py tools

.venv/bin/python: ;
FORCE: ;
