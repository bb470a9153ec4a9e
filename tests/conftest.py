"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

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
