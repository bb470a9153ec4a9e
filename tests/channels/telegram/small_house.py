"""A whole small house around the Telegram channel: record, door, outbox, and a clerk that echoes."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from channels.telegram.channel import TelegramChannel
from core.blobs import FolderBlobs
from core.config import Telegram
from core.delivery import Outbox
from core.engine import Bounds, Engine, Parts
from core.journal.journal import StoreJournal
from core.journal.store import Store
from core.types import Language, Turn
from perception.media.door import Door
from tests.channels.telegram.bot_api import TOKEN, BotApi
from tests.core.conftest import Blind, Echo, Plain


class Hum:
    """A voice that hums for a second, at a rate that Opus does not know."""

    async def to_wav(self, text: str, language: Language) -> bytes | None:
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(22_050)
            tone = 8000 * np.sin(np.arange(22_050) * 2 * np.pi * 220 / 22_050)
            out.writeframes(tone.astype("<i2").tobytes())
        return file.getvalue()


@dataclass(kw_only=True)
class House:
    """The parts that tests look at."""

    echo: Echo
    engine: Engine
    journal: StoreJournal
    blobs: FolderBlobs
    channel: TelegramChannel
    running: asyncio.Task[None]
    turns: list[Turn] = field(default_factory=list)

    async def turns_of(self, chat: int = 7) -> tuple[Turn, ...]:
        return await self.journal.turns(f"telegram:{chat}")

    async def all_is_delivered(self) -> bool:
        return not await self.journal.undelivered("telegram")


def settings(url: str, **changes: Any) -> Telegram:
    """Return settings that fit the server."""
    return Telegram.model_validate({"enabled": True, "token": TOKEN, "api_base": url, **changes})


@asynccontextmanager
async def small_house(api: BotApi, folder: Path, echo: Echo | None = None, **changes: Any) -> AsyncIterator[House]:
    """Run a house on `folder` until the block ends."""
    store = Store(folder / "zhanggui.db")
    journal, blobs = StoreJournal(store), FolderBlobs(folder / "blobs")
    echo = echo or Echo()
    parts = Parts(
        journal=journal,
        perception=Blind(),
        understander=Plain(),
        dialogue=echo,
        media=Door(blobs),
        blobs=blobs,
        voice=Hum(),
    )
    engine = Engine(parts, bounds=Bounds(mailbox=20, turn_timeout_s=20))
    channel = TelegramChannel(settings(api.url, **changes), engine, folder)
    outbox = Outbox(journal, [channel], first_wait_s=0.05)
    engine.on_commit(outbox.notice)
    await engine.start()
    delivering = asyncio.create_task(outbox.run())
    running = asyncio.create_task(channel.run())
    house = House(echo=echo, engine=engine, journal=journal, blobs=blobs, channel=channel, running=running)
    engine.on_commit(house.turns.append)
    try:
        yield house
    finally:
        for task in (running, delivering):
            task.cancel()
        await asyncio.gather(running, delivering, return_exceptions=True)
        await engine.close()
        store.close()
