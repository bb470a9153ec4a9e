"""Fixtures shared by all tests."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import hypothesis
import pytest

import perception.seeing

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)  # a change is judged by the same examples
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

_LOOKS = Path("~/.cache/zhanggui/tests")
_UNUSED_S = 7 * 24 * 3600.0
"""After which looks are deleted: nobody works on the code that made them."""

SHARED = Path(os.environ.get("ZHANGGUI_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def models() -> Path:
    """Return the folder of downloaded models; `make test` fills it before it starts."""
    return Path(os.environ.get("ZHANGGUI_MODELS__FOLDER", "~/.cache/zhanggui/models")).expanduser()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of development data; skip where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"development data is not in {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def demo_looks() -> Path:
    """Return where looks at the demo shop's pictures are kept, also for the next run: they take minutes of a busy CPU.

    Code that looks or teaches in another way has a folder of its own, so that no test passes by an earlier code's work.
    """
    code = b"".join(file.read_bytes() for file in sorted(Path(perception.seeing.__file__).parent.glob("*.py")))
    folder = _LOOKS.expanduser() / f"looks-{hashlib.sha256(code).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    for other in folder.parent.glob("looks-*"):
        if time.time() - other.stat().st_mtime > _UNUSED_S:
            shutil.rmtree(other, ignore_errors=True)
    return folder
