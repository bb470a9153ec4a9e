"""A Bot API server and a small house that uses it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from PIL import Image

from tests.channels.telegram.bot_api import BotApi, serving
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


@pytest.fixture(scope="session")
def bot_api_url() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
async def api(bot_api_url: str) -> AsyncIterator[BotApi]:
    async with httpx.AsyncClient(base_url=bot_api_url, timeout=30) as line:
        (await line.post("/test/reset")).raise_for_status()
        yield BotApi(url=bot_api_url, line=line)


@pytest.fixture
async def house(api: BotApi, tmp_path: Path) -> AsyncIterator[House]:
    async with small_house(api, tmp_path) as running:
        yield running
