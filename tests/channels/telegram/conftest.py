"""A Bot API server and a small house that uses it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from tests.channels.telegram.bot_api import BotApi, bot_api
from tests.channels.telegram.small_house import House, small_house


def photo(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "JPEG")
    return file.getvalue()


def voice_note(seconds: float = 0.6) -> bytes:
    file = io.BytesIO()
    tone = 0.3 * np.sin(np.arange(int(48_000 * seconds)) * 2 * np.pi * 330 / 48_000)
    soundfile.write(file, tone, 48_000, format="OGG", subtype="OPUS")
    return file.getvalue()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as running:
        yield running


@pytest.fixture
async def house(api: BotApi, tmp_path: Path) -> AsyncIterator[House]:
    async with small_house(api, tmp_path) as running:
        yield running
