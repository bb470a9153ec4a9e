"""Reading while everything else is busy."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from core.resilience import in_worker
from perception.reading import use_multilingual


async def test_a_sentence_is_read_while_photos_keep_every_worker_busy() -> None:
    free = threading.Event()
    photos = [asyncio.create_task(in_worker(free.wait)) for _ in range(8)]
    try:
        encoder = use_multilingual.build("", Path())
        assert (await asyncio.wait_for(encoder.encode(["where is my parcel"]), 30)).shape == (1, 512)
    finally:
        free.set()
        await asyncio.gather(*photos)
