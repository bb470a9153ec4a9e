"""A whole house with the phone on: a call over a real line is recorded, kept and counted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from pydantic import SecretStr

from core.config import Backends, Phone, Settings, Web
from tests.channels.conftest import dial  # noqa: F401 - a fixture
from ui.app import assemble
from ui.house import serve


async def test_a_call_over_audiosocket_is_recorded_kept_and_counted(
    tmp_path: Path,
    dial: Any,  # noqa: F811 - the fixture
    unused_tcp_port: int,
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        backends=Backends(
            asr="fake:where is my order", vad="fake", tts_en="fake", tts_zh="fake", photos="", sentences="fake"
        ),
        web=Web(port=0, admin_key=SecretStr("key")),
        phone=Phone(enabled=True, audiosocket_port=unused_tcp_port, language="en", recording="announce", queue=1),
    )
    told: dict[str, str] = {}
    async with asyncio.timeout(100), assemble(settings) as app:
        serving = asyncio.create_task(serve(app, told.__setitem__))
        while "web" not in told and not serving.done():  # noqa: ASYNC110 - nothing tells it but the announcement
            await asyncio.sleep(0.05)
        async with dial(unused_tcp_port) as asterisk:
            while len(asterisk.heard) < 8_000 * 3:  # noqa: ASYNC110 - the far end only listens
                await asyncio.sleep(0.05)
            asterisk.say((8000 * np.sin(np.arange(16_000) / 4)).astype(np.int16))
            await asterisk.has_said_all()
            asterisk.hang_up()
            await asterisk.hung_up.wait()
        async with aiohttp.ClientSession(told["web"], headers={"Authorization": "Bearer key"}) as client:
            call = await _ended(client)
            sound = await (await client.get(f"/v1/admin/calls/{call['call_id']}/recording")).read()
            metrics = await (await client.get("/metrics")).text()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert (call["ended"], call["consent"], call["mos"]) == ("the caller hung up", "announced", None)
    assert sound.startswith(b"OggS")
    assert 'zhanggui_calls_total{direction="in",ended="the caller hung up"} 1.0' in metrics
    assert "zhanggui_calls_active 0.0" in metrics


async def _ended(client: aiohttp.ClientSession) -> dict[str, Any]:
    """Return the only call, once it is over."""
    while True:
        calls: list[dict[str, Any]] = (await (await client.get("/v1/admin/calls")).json())["items"]
        if calls and calls[0]["ended"]:
            assert len(calls) == 1
            return calls[0]
        await asyncio.sleep(0.05)
