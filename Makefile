# `make demo` starts the clerk with its demo shop, `make test` runs every test. Nothing is needed first
# but Python 3.11 or newer (with venv) and a network.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check
# It declares itself unfit for Python 3.13 because of a library that we do not use; see pyproject.toml.
MISAKI := $(PIP) --no-deps --ignore-requires-python 'misaki>=0.9.4'

.PHONY: demo test test-calls lint format clean models test-models

demo: $(VENV)/.installed
	$(BIN)/zhanggui models pull
	$(BIN)/zhanggui demo

# Browsers and calls run in real time: they have a process of their own, and a second try, for a busy machine can be
# slower than any page's patience or any caller's breath.
REALTIME := tests/ui/browser tests/channels/test_whole_call.py tests/ui/test_whole_house.py tests/ui/test_calls_served.py \
	tests/ui/phone_trial tests/channels/sip tests/channels/test_webrtc.py tests/channels/test_twilio_calling.py \
	tests/voice/test_recording.py tests/voice/test_outbound.py

# Beside the default models.
TEST_MODELS := all-minilm-l6-v2 smollm2-135m-instruct-q4

# Where other work takes the cores, OpenBLAS's threads wait for each other at full speed: five times the CPU.
test: export OPENBLAS_NUM_THREADS ?= 1
test: $(VENV)/.tested tests/channels/telegram_server/node_modules test-models
	$(BIN)/pytest $(REALTIME:%=--ignore %) $(ARGS)
	$(BIN)/pytest $(REALTIME) $(ARGS) || $(BIN)/pytest --last-failed $(REALTIME) $(ARGS)

# The calls that go wrong elsewhere, with the real models: twenty-five minutes.
test-calls: $(VENV)/.tested test-models
	$(BIN)/pytest -m realtime tests/ui/phone_trial $(ARGS)

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.tested
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

models: $(VENV)/.installed
	$(BIN)/zhanggui models pull

test-models: models
	$(BIN)/zhanggui models pull $(TEST_MODELS)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf tests/channels/telegram_server/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing (a minute or two the first time) ..."
	$(PIP) --editable .
	$(MISAKI)
	@touch $@

# The extras bring torch; tests/constraints.txt pins the versions of its family that fit together.
$(VENV)/.tested: pyproject.toml tests/constraints.txt | $(VENV)/bin/python
	@echo "Installing what the tests need, torch included ..."
	$(PIP) --constraint tests/constraints.txt --editable '.[dev,photo-clip,speech-whisper,speech-coqui,train,mcp,llm,llm-local,llm-transformers]'
	$(MISAKI)
	@touch $@ $(VENV)/.installed

# A Bot API server that nobody here wrote; without npm its tests are skipped, and say so.
tests/channels/telegram_server/node_modules: tests/channels/telegram_server/package-lock.json
	@if command -v npm >/dev/null; then cd $(@D) && npm ci --silent --no-audit --no-fund; else echo "npm is not here: the Telegram server tests will be skipped"; fi
