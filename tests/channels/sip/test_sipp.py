"""Calls of sipp, which is strict about what it gets."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.call_ports import LineQuality, MediaTransport
from core.errors import NotAnsweredError
from tests.channels.doors import nobody, parrot
from tests.channels.sip.peers import FRAME, door, free_port, needs, sipp, speech_file
from voice.call.playback import Playback

pytestmark = [needs("sipp"), pytest.mark.peer]


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_twenty_calls_at_once_are_heard_and_answered(tmp_path: Path, transport: str) -> None:
    heard: list[float] = []
    qualities: list[LineQuality] = []

    async def on_call(line: MediaTransport) -> None:
        loudest = 0.0
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(Playback(line).run())
            async for frame in line.frames_in():
                loudest = max(loudest, float(np.abs(frame).max()))
            speaking.cancel()
        heard.append(loudest)
        qualities.append(line.quality())

    async with door(on_call) as opened:
        code, told = await sipp(
            "talk", f"127.0.0.1:{opened.port}", tmp_path, "-m", "20", "-r", "20", "-l", "20", "-t", transport,
            SOUND=speech_file(tmp_path), MS="3000",
        )  # fmt: skip
        await asyncio.sleep(0.2)
    assert code == 0, told
    assert len(heard) == 20
    assert min(heard) > 0.2
    assert min(quality.received for quality in qualities) > 100
    assert sum(quality.lost for quality in qualities) == 0


async def test_the_caller_may_let_the_clerk_offer(tmp_path: Path) -> None:
    async with door(parrot) as opened:
        code, told = await sipp("late_offer", f"127.0.0.1:{opened.port}", tmp_path, "-m", "1")
    assert code == 0, told


async def test_a_held_call_hears_no_silence_and_says_nothing_until_it_is_taken_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    times: list[float] = []
    sent: list[float] = []

    async def on_call(line: MediaTransport) -> None:
        clock = asyncio.get_running_loop().time

        async def speak() -> None:
            while True:
                await line.send(FRAME)
                sent.append(clock())
                await asyncio.sleep(0.02)

        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(speak())
            async for _ in line.frames_in():
                times.append(clock())
            speaking.cancel()

    with caplog.at_level(logging.INFO):
        async with door(on_call) as opened:
            code, told = await sipp("hold", f"127.0.0.1:{opened.port}", tmp_path, "-m", "1")
            await asyncio.sleep(0.1)
    assert code == 0, told
    assert "is held" in caplog.text and "taken up again" in caplog.text
    assert max(np.diff(times)) > 0.8
    assert max(np.diff(sent)) > 0.8
    assert times[-1] - times[0] > 1.2


async def test_the_clerk_hangs_up(tmp_path: Path) -> None:
    async def on_call(line: MediaTransport) -> None:
        await line.hang_up()
        await line.hang_up()
        await line.send(FRAME)

    async with door(on_call) as opened:
        code, told = await sipp("hang_up_by_clerk", f"127.0.0.1:{opened.port}", tmp_path, "-m", "5", "-r", "5")
    assert code == 0, told


async def keys_of(scenario: str, tmp_path: Path) -> list[str]:
    keys: list[str] = []

    async def on_call(line: MediaTransport) -> None:
        keys.extend([key async for key in line.dtmf()])

    async with door(on_call) as opened:
        code, told = await sipp(
            scenario, f"127.0.0.1:{opened.port}", tmp_path, "-m", "1", PCAPS="/usr/share/sip-tester"
        )
        await asyncio.sleep(0.1)
    assert code == 0, told
    return keys


async def test_keys_come_by_info(tmp_path: Path) -> None:
    assert await keys_of("keys", tmp_path) == ["5", "#", "*"]


@pytest.mark.skipif(os.geteuid() != 0, reason="sipp plays recorded packets over raw sockets, which need root")
async def test_keys_come_as_telephone_events_each_once(tmp_path: Path) -> None:
    assert await keys_of("tones", tmp_path) == ["3", "9", "1"]


async def test_somebody_may_ask_whether_the_clerk_is_there(tmp_path: Path) -> None:
    async with door(nobody) as opened:
        code, told = await sipp("options", f"127.0.0.1:{opened.port}", tmp_path, "-m", "3")
    assert code == 0, told


@pytest.mark.parametrize(
    ("settings", "types", "status"),
    [({}, "18 101", "488"), ({"max_lines": 0}, "0 101", "486"), ({"rtp_last_port": 17_001}, "0 101", "503")],
)
async def test_a_call_that_cannot_be_taken_is_refused_as_it_should_be(
    tmp_path: Path, settings: dict[str, Any], types: str, status: str
) -> None:
    entered = asyncio.Event()

    async def on_call(line: MediaTransport) -> None:
        entered.set()
        await parrot(line)

    async with door(on_call, **settings) as opened, asyncio.TaskGroup() as tasks:
        where = f"127.0.0.1:{opened.port}"
        if status == "503":  # the only pair of ports is taken by another call
            (tmp_path / "first").mkdir()
            sound = speech_file(tmp_path)
            tasks.create_task(sipp("talk", where, tmp_path / "first", "-m", "1", SOUND=sound, MS="3000"))
            await entered.wait()
        code, told = await sipp("refused", where, tmp_path, "-m", "1", STATUS=status, TYPES=types)
    assert code == 0, told


@pytest.mark.parametrize(("password", "status"), [("secret", "200"), ("guess", "403")])
async def test_callers_prove_themselves(tmp_path: Path, password: str, status: str) -> None:
    calls = 0

    async def on_call(line: MediaTransport) -> None:
        nonlocal calls
        calls += 1
        await line.hang_up()

    async with door(on_call, sip_user="shop", sip_password="secret") as opened:
        code, told = await sipp(
            "proves", f"127.0.0.1:{opened.port}", tmp_path, "-m", "1", USER="shop", PASSWORD=password, STATUS=status,
            THEN='<recv request="BYE"/>' if status == "200" else "",
        )  # fmt: skip
    assert code == 0, told
    assert calls == (status == "200")


@pytest.mark.parametrize(("status", "why"), [("486", "busy"), ("603", "declined"), ("404", "no such address")])
async def test_who_refuses_our_call_is_understood(tmp_path: Path, status: str, why: str) -> None:
    port = free_port()
    async with door(nobody) as opened, asyncio.TaskGroup() as tasks:
        far = tasks.create_task(sipp("busy", "127.0.0.1:1", tmp_path, "-m", "1", "-p", str(port), STATUS=status))
        await asyncio.sleep(0.5)
        with pytest.raises(NotAnsweredError, match=f"{why} \\({status}"):
            await opened.dial(f"sip:li@127.0.0.1:{port}", ring_s=10)
        code, told = await far
    assert code == 0, told


async def test_who_does_not_answer_stops_ringing_when_we_give_up(tmp_path: Path) -> None:
    port = free_port()
    async with door(nobody) as opened, asyncio.TaskGroup() as tasks:
        far = tasks.create_task(sipp("rings", "127.0.0.1:1", tmp_path, "-m", "1", "-p", str(port)))
        await asyncio.sleep(0.5)
        with pytest.raises(NotAnsweredError, match="nobody answered within 2 s"):
            await opened.dial(f"sip:li@127.0.0.1:{port}", ring_s=2)
        code, told = await far
    assert code == 0, told


async def test_the_shop_is_registered_at_a_provider_and_calls_through_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    provider = {"sip_register": f"sip:shop@127.0.0.1:{port}", "sip_register_password": "secret"}
    async with asyncio.TaskGroup() as tasks:
        far = tasks.create_task(
            sipp(
                "provider",
                "127.0.0.1:1",
                tmp_path,
                "-m",
                "3",
                "-p",
                str(port),
                "-deadcall_wait",
                "0",
                ALGORITHM="MD5",
            )  # fmt: skip
        )
        await asyncio.sleep(0.5)
        with caplog.at_level(logging.INFO):
            async with door(nobody, **provider) as opened:
                async with asyncio.timeout(20):
                    while not opened.is_registered:  # noqa: ASYNC110 - it has no event, for nobody waits for it
                        await asyncio.sleep(0.05)
                line = await opened.dial("+86 138-0000-0000", ring_s=10)
                await line.hang_up()
        code, told = await far
    assert code == 0, told
    assert "registered as sip:shop@127.0.0.1 for 60 s" in caplog.text
