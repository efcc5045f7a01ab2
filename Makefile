# Two commands do all the set-up: `make lab` and `make test`.  VENV chooses another environment, PYTHON its Python.
PYTHON ?= python3
VENV ?= .venv
BIN := $(abspath $(VENV))/bin
# nbgrader calls alembic by its name; one BLAS thread is faster for networks of this size.
export PATH := $(BIN):$(PATH)
export OPENBLAS_NUM_THREADS := 1
comma := ,
space := $() $()
LESSONS := $(notdir $(wildcard solutions/*))
FIRST := $(firstword $(sort $(notdir $(wildcard lessons/*))))

.PHONY: book book-pages book-pdf lab desk install test test-lessons test-desk test-grading system pictures bench bench-grading lint lesson lessons site test-site clean
.DELETE_ON_ERROR:

$(BIN)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v else 'Python 3.11, 3.12 or 3.13 is needed, this is %d.%d: call make PYTHON=python3.11 ...' % v)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

install: $(BIN)/.installed

# What only a lecturer needs is left out of a learner's JupyterLab, and so is the question whether it may fetch news.
LEARNER := .build/learner/labconfig/page_config.json
FOR_LECTURERS := $(addprefix @jupyter/nbgrader:,formgrader create-assignment course-list assignment-list)
NOT_FOR_LEARNERS := $(FOR_LECTURERS) @jupyterlab/apputils-extension:announcements
JUPYTER_LAB := $(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.root_dir=$(CURDIR) \
	--ServerApp.kernel_websocket_connection_class=nblib.nodelay.NoDelayConnection

$(LEARNER): Makefile
	mkdir -p $(@D)
	printf '{"disabledExtensions": {%s}}\n' "$(subst $(space),$(comma) ,$(foreach name,$(NOT_FOR_LEARNERS),\"$(name)\":true))" > $@

lab: $(BIN)/.installed $(LEARNER)
	JUPYTER_CONFIG_PATH=$(CURDIR)/.build/learner $(JUPYTER_LAB) --LabApp.default_url=/lab/tree/lessons/$(FIRST)/$(FIRST).ipynb

desk: $(BIN)/.installed
	$(JUPYTER_LAB) --LabApp.default_url=/lab

lint: $(BIN)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Three runs side by side, because each spends a good part of its time waiting. What the first two print is shown when
# they have ended.
OF_LESSONS := $(addprefix tests/,audit autograder checking derivations diagnosis nblib notebooks sandbox widgets)
OF_DESK := $(addprefix tests/,browser desk docs)
test: lint system
	$(MAKE) --no-print-directory --jobs=3 test-lessons test-desk test-grading

# The lessons, their exercises and the sandbox. nbval runs every solution and holds each stored number against what comes out;
# conftest.py says what else stops it.
test-lessons: OPTIONS := --nbval --nbval-current-env --nbval-kernel-startup-timeout=300 solutions $(OF_LESSONS)
# The lecturer's desk, what is seen in a browser, and the documents.
test-desk: OPTIONS := $(OF_DESK)
test-lessons test-desk: $(BIN)/.installed
	mkdir -p .build
	$(BIN)/pytest $(OPTIONS) > .build/$@.txt 2>&1; code=$$?; cat .build/$@.txt; exit $$code

# Grading, and everything else.
test-grading: $(BIN)/.installed
	$(BIN)/pytest --ignore=tests/site $(addprefix --ignore=,$(OF_LESSONS) $(OF_DESK)) tests

# The browser tests need Chromium, the test of a gradebook on a server needs PostgreSQL, and the tests of the sandbox
# need bubblewrap and libseccomp.  Where they cannot be installed from here, these tests fail and say so.
system:
	@missing=postgresql; \
	for program in initdb /usr/lib/postgresql/*/bin/initdb; do command -v $$program >/dev/null && missing=; done; \
	for program in chromium chromium-browser google-chrome none; do command -v $$program >/dev/null && break; done; \
	[ $$program = none ] && missing="$$missing chromium fonts-dejavu-core"; \
	command -v bwrap >/dev/null || missing="$$missing bubblewrap"; \
	/sbin/ldconfig -p | grep -q libseccomp.so.2 || missing="$$missing libseccomp2"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $$missing; \
	fi

# Take the screenshots of README.md and docs/widgets.md again: the browser tests leave them in .build/pictures.
pictures: $(BIN)/.installed system
	$(BIN)/pytest tests/browser/test_pad.py tests/browser/test_widgets.py tests/browser/test_saved.py tests/browser/test_lessons.py
	for picture in docs/check.png docs/widgets/*.png; do cp .build/pictures/$${picture##*/} $$picture || exit 1; done

# Peers that are not installed are skipped with a notice: pip install '.[bench]' brings them.
bench: $(BIN)/.installed
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/nielsen.py
	$(BIN)/python benchmarks/widgets.py
	$(BIN)/python benchmarks/drawings.py

bench-grading: $(BIN)/.installed
	$(BIN)/python -m benchmarks.grading

# Execute a lesson's source in place, join what came in several pieces by chance of time, and generate the released lesson;
# built aside and moved, so that a failing build leaves the old one.  `make lesson LESSON=3`, by number or name; `make lessons` for all.
# The products of matrices are rounded in the same way on every processor with AVX2, so a lesson that trains for long is
# stored with the same numbers wherever it is run.
lesson: export OPENBLAS_CORETYPE := Haswell
lesson: NAME = $(or $(filter $(LESSON) $(LESSON)-% 0$(LESSON)-%,$(LESSONS)),$(error There is no lesson '$(LESSON)': $(LESSONS)))
lesson: $(BIN)/.installed
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False --ExecutePreprocessor.store_widget_state=False solutions/$(NAME)/*.ipynb
	$(BIN)/jupyter nbconvert --to notebook --inplace --CoalesceStreamsPreprocessor.enabled=True solutions/$(NAME)/*.ipynb
	$(BIN)/nbgrader generate_assignment $(NAME) --force --CourseDirectory.release_directory=.build/lessons
	rm -rf lessons/$(NAME)
	mkdir -p lessons
	mv .build/lessons/$(NAME) lessons/$(NAME)

# The book of the lessons, in .build/book/html; `make book EDITION=--instructor` adds the solutions.  It needs the extra
# "book" and npm, from which KaTeX's style sheet and fonts come.  Its links to the browser edition go to c.Desk.browser_url,
# or to SITE=address; REPOSITORY=owner/name adds links to Colab.
BOOK := .build/book
SITE ?=
book: $(BIN)/.installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[book]'
	$(MAKE) --no-print-directory book-pages

book-pages:
	$(BIN)/python docs/book/prepare.py $(BOOK)/source $(EDITION) --site '$(SITE)' --repository '$(REPOSITORY)'
	cd $(BOOK) && npm pack --silent katex@0.16.22 && tar xzf katex-0.16.22.tgz && mkdir -p source/static/katex
	cp -r $(BOOK)/package/dist/katex.min.css $(BOOK)/package/dist/fonts $(BOOK)/source/static/katex/
	REPOSITORY='$(REPOSITORY)' $(BIN)/sphinx-build -q -b html $(BOOK)/source $(BOOK)/html

# The same on paper: .build/book/book.pdf.
book-pdf: book system
	$(BIN)/python docs/book/print.py $(BOOK)/html $(BOOK)/book.pdf

lessons: $(BIN)/.installed
	for lesson in $(LESSONS); do $(MAKE) lesson LESSON=$$lesson || exit 1; done

# The browser edition, a folder of files for any web server: docs/site/README.md.  Its tools have an environment of their
# own, because their extension is not meant for a JupyterLab with a server.  REPOSITORY=owner/name adds links to Colab.
SITE_BIN := $(CURDIR)/.build/site-environment/bin
REPOSITORY ?=

$(SITE_BIN)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(@D:/bin=)
	$(@D)/pip install --quiet --constraint constraints.txt --editable '.[site]'
	touch $@

site: $(SITE_BIN)/.installed
	$(SITE_BIN)/python docs/site/build.py .build/site --repository '$(REPOSITORY)'

# Opens the site in Chromium. Python for the browser comes from a package that is only installed for this; where it
# can't be had, these tests are skipped.
test-site: $(BIN)/.installed system site
	$(BIN)/pytest tests/site

clean:
	rm -rf .build .pytest_cache .ruff_cache .hypothesis
