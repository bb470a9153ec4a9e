"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)  # a change is judged by the same examples
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

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
