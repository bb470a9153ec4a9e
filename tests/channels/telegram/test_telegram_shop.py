"""The demo shop's clerk, with its real models, on Telegram."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
import soundfile

from core.config import Gradio, Web, load
from tests.channels.telegram.bot_api import BotApi
from tests.channels.telegram.small_house import settings
from ui.app import Needs, assemble
from ui.house import serve

pytestmark = [pytest.mark.peer, pytest.mark.models]


async def test_the_shops_clerk_reads_shows_speaks_and_hears(api: BotApi, models: Path, tmp_path: Path) -> None:
    config = load(
        data_dir=tmp_path,
        models={"folder": models},
        telegram=settings(api.url),
        web=Web(enabled=False),
        gradio=Gradio(enabled=False),
    )
    async with assemble(config, needs=Needs(seeing=False)) as app:  # tests/ui waits for the catalogue's looks
        serving = asyncio.create_task(serve(app, lambda name, where: None))
        await api.send(text="我的订单什么时候到？", language="en")
        assert "邮箱" in (await api.heard(within_s=60))[0]["text"]
        await api.send(text="chen.jing@example.com")
        assert "W39127" in (await api.heard(within_s=60))[0]["text"]

        await api.send(9, text="How much is the ceramic mug?")
        while not (seen := [one for one in await api.heard(9, within_s=60) if "photo" in one]):
            pass
        assert "Mug" in seen[0]["caption"]
        assert (await api.file(seen[0]["photo"][0]["file_id"]))[:2] == b"\xff\xd8"

        await api.send(10, text="/voice")
        await api.heard(10)
        await api.send(10, text="hello")
        while not (spoken := [one for one in await api.heard(10, within_s=60) if "voice" in one]):
            pass
        note = await api.file(spoken[0]["voice"]["file_id"])
        assert soundfile.info(io.BytesIO(note)).subtype == "OPUS"
        await api.send(10, voice={**await api.upload(note), "duration": 5})
        await api.heard(10, within_s=60)
        heard = (await app.journal.turns("telegram:10"))[-1].percept.transcript
        assert heard is not None and "clerk" in heard.text.lower()
        serving.cancel()
        await asyncio.wait([serving])
