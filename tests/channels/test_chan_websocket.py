"""Asterisk's chan_websocket: a far end that behaves as channels/chan_websocket.c does, over a real WebSocket."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import numpy as np
import pytest

from channels.phone.chan_websocket_door import ChanWebSocketDoor
from channels.phone.chan_websocket_events import FORMATS, parse
from core.call_ports import MediaTransport
from core.errors import ConfigError
from tests.channels.doors import OnCall, nobody, open_door, parrot

LOUD = np.full(320, 0.2, dtype=np.float32)
HUSH = np.zeros(320, dtype=np.float32)
XOFF, XON, MOST = 900, 800, 1000


class Asterisk:
    """Queue what comes, play a frame each 20 ms, answer commands: what Asterisk does, and no more patience."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, form: str, frame: int, is_json: bool) -> None:
        self.socket, self.frame, self.is_json = socket, frame, is_json
        self.format = FORMATS[form]
        self.queue: deque[bytes | str] = deque()
        self.played: list[bytes] = []
        self.dropped = 0
        self.unknown: list[str] = []
        self.flushed = 0
        self.is_full = False
        self.paces = True
        self.hung_up = asyncio.Event()

    @property
    def heard(self) -> np.ndarray:
        return self.format.decode(b"".join(self.played))

    async def has_played(self, frames: int) -> None:
        while len(self.played) < frames:  # noqa: ASYNC110 - the test only looks; nothing tells it
            await asyncio.sleep(0.02)

    async def event(self, name: str, **fields: str) -> None:
        if self.is_json:
            await self.socket.send_str(json.dumps({"event": name, "channel_id": "1.1"} | fields))
        elif "correlation_id" in fields:
            await self.socket.send_str(f"{name} {fields['correlation_id']}")
        else:
            await self.socket.send_str(" ".join([name, *(f"{key}:{value}" for key, value in fields.items())]))

    async def play(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            due += 0.02
            await asyncio.sleep(max(0.0, due - clock()))
            if not self.paces:
                continue
            while self.queue and isinstance(self.queue[0], str):
                mark = str(self.queue.popleft())
                await self.event(mark.split()[0], correlation_id=mark.split()[1])
            if self.queue:
                self.played.append(self.queue.popleft())  # type: ignore[arg-type]  # a mark was taken above
            if self.is_full and len(self.queue) < XON:
                self.is_full = False
                await self.event("MEDIA_XON")

    async def listen(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                await self._queue(message.data)
            else:
                self._command(message.data)
        self.hung_up.set()

    async def _queue(self, data: bytes) -> None:
        if len(data) % self.frame:
            self.dropped += len(data) % self.frame
        for start in range(0, len(data) - self.frame + 1, self.frame):
            if len(self.queue) >= MOST:
                self.dropped += self.frame
                continue
            self.queue.append(data[start : start + self.frame])
        if not self.is_full and len(self.queue) >= XOFF:
            self.is_full = True
            await self.event("MEDIA_XOFF")

    def _command(self, text: str) -> None:
        assert len(text) <= 128
        if self.is_json:
            told = json.loads(text)
            command, mark = told["command"], told.get("correlation_id", "")
        else:
            command, _, mark = text.partition(" ")
        if command == "MARK_MEDIA":
            self.queue.append(f"MEDIA_MARK_PROCESSED {mark}")
        elif command == "STOP_MEDIA_BUFFERING":
            self.queue.append(f"MEDIA_BUFFERING_COMPLETED {mark}")
        elif command == "FLUSH_MEDIA":
            self.flushed += 1
            self.queue.clear()
        elif command == "HANGUP":
            self.hung_up.set()
        else:
            self.unknown.append(text)


def door(on_call: OnCall, max_lines: int = 4, password: str = "") -> AbstractAsyncContextManager[ChanWebSocketDoor]:
    closed = ChanWebSocketDoor("127.0.0.1", 0, on_call=on_call, max_lines=max_lines, password=password)
    return open_door(closed, within_s=40, settle_s=0.05)


@asynccontextmanager
async def dial(
    opened: ChanWebSocketDoor, *, form: str = "ulaw", frame: int = 160, version: str = "plain", query: str = ""
) -> AsyncIterator[Asterisk]:
    fields = {"connection_id": "media1", "channel": "WebSocket/media1/0x1", "format": form}
    fields["optimal_frame_size"] = str(frame)
    if version != "old":
        fields["ptime"] = "20"
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"http://127.0.0.1:{opened.port}/asterisk{query}", protocols=["media"]) as socket,
    ):
        far_end = Asterisk(socket, form=form, frame=frame, is_json=version == "json")
        await far_end.event("MEDIA_START", **fields)
        tasks = [asyncio.create_task(far_end.play()), asyncio.create_task(far_end.listen())]
        try:
            yield far_end
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("version", ["plain", "json", "old"])
@pytest.mark.parametrize(
    ("form", "frame"),
    [("ulaw", 160), ("alaw", 160), ("slin", 320), ("slin16", 640), ("slin44", 1764), ("slin48", 1920)],
)
async def test_sound_and_keys_are_carried_both_ways(form: str, frame: int, version: str) -> None:
    keys: list[str] = []
    lines: list[MediaTransport] = []

    async def on_call(line: MediaTransport) -> None:
        lines.append(line)
        async with asyncio.TaskGroup() as both:
            both.create_task(parrot(line))
            keys.extend([key async for key in line.dtmf()])

    rate = FORMATS[form].rate_hz
    tone = (8_000 * np.sin(2 * np.pi * 400 * np.arange(rate // 2) / rate)).astype(np.int16)
    said = FORMATS[form].encode(tone)
    async with door(on_call) as opened:
        async with dial(opened, form=form, frame=frame, version=version, query="?caller=%2B4930&call=77.1") as far_end:
            await far_end.event("DTMF_END", digit="5")
            for start in range(0, len(said) - frame + 1, frame):
                await far_end.socket.send_bytes(said[start : start + frame])
                await asyncio.sleep(0)
            await far_end.has_played(22)
    loud = np.abs(far_end.heard.astype(int))
    assert loud.max() == pytest.approx(8_000, rel=0.1)
    assert (loud > 1_000).mean() > 0.8
    assert far_end.dropped == 0
    assert far_end.unknown == []
    assert keys == ["5"]
    assert (lines[0].caller, lines[0].call_id) == ("+4930", "77.1")


async def _interrupted(line: MediaTransport, after_s: float) -> float:
    await line.mark("begin")
    for _ in range(500):
        await line.send(LOUD)
    await line.mark("end")
    waiting = asyncio.create_task(line.played("end"))
    await asyncio.sleep(after_s)
    heard_ms = await line.flush()
    await asyncio.wait_for(waiting, 1)
    return heard_ms


@pytest.mark.parametrize("version", ["plain", "json", "old"])
async def test_an_interruption_with_ten_seconds_queued_tells_what_was_played(version: str) -> None:
    told: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def on_call(line: MediaTransport) -> None:
        told.set_result(await _interrupted(line, 1.5))

    async with door(on_call) as opened, dial(opened, version=version) as far_end:
        heard_ms = await told
        await far_end.hung_up.wait()
        assert far_end.flushed == 1
        assert far_end.queue == deque()
    assert heard_ms == pytest.approx(len(far_end.played) * 20, abs=100)
    assert heard_ms < 3_000


async def test_a_mark_comes_back_when_the_sound_before_it_was_played() -> None:
    played: list[int] = []
    far_ends: list[Asterisk] = []

    async def on_call(line: MediaTransport) -> None:
        for _ in range(30):
            await line.send(LOUD)
        for _ in range(100):
            await line.send(HUSH)
        await line.mark("a")
        await line.played("a")
        played.append(len(far_ends[0].played))

    async with door(on_call) as opened, dial(opened) as far_end:
        far_ends.append(far_end)
        await far_end.hung_up.wait()
    assert played == [35]  # a pause is not sent: thirty loud frames and a tail


async def test_a_full_queue_is_waited_for_and_nothing_is_dropped() -> None:
    async def on_call(line: MediaTransport) -> None:
        for _ in range(960):
            await line.send(LOUD)
            await asyncio.sleep(0.001)  # much faster than it is heard, and slow enough to be told of it
        await line.flush()

    async with door(on_call) as opened, dial(opened) as far_end:
        await far_end.hung_up.wait()
    assert far_end.dropped == 0
    assert len(far_end.played) >= XOFF - XON


async def test_an_asterisk_that_stops_playing_ends_the_call(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.chan_websocket._XON_S", 0.2)

    async def on_call(line: MediaTransport) -> None:
        async with asyncio.TaskGroup() as both:
            flood = both.create_task(_flood(line))
            async for _ in line.frames_in():
                pass
            flood.cancel()

    async with door(on_call) as opened, dial(opened) as far_end:
        far_end.paces = False
        await far_end.hung_up.wait()
    assert "plays nothing any more" in caplog.text


async def _flood(line: MediaTransport) -> None:
    while True:
        await line.send(LOUD)


BAD = [
    "",
    "{",
    "{}",
    '{"event": 5}',
    "[]",
    "media start",
    "\x00",
    "MEDIA_MARK_PROCESSED",
    "MEDIA_MARK_PROCESSED 999",
    "DTMF_END",
    "DTMF_END digit:x",
    "DTMF_END digit:12",
    "SOMETHING_NEW a:b:c d",
    '{"event": "ERROR", "error_text": "x"}',
    "A " * 30_000,
    '{"event": {"a": [' * 3_000,
]


async def test_malformed_messages_are_survived_with_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with door(parrot) as opened, dial(opened) as far_end:
        with caplog.at_level(logging.WARNING):
            for text in BAD:
                await far_end.socket.send_str(text)
            await far_end.socket.send_bytes(b"")
            for _ in range(20):
                await far_end.socket.send_bytes(FORMATS["ulaw"].encode(np.full(160, 5_000, dtype=np.int16)))
            await far_end.has_played(1)
    assert caplog.text.count("skipped, and so are others") == 1


async def test_a_flood_of_malformed_messages_ends_the_call_and_the_door_stays_open() -> None:
    async with door(parrot) as opened:
        async with dial(opened) as far_end:
            for _ in range(60):
                await far_end.socket.send_str("not an event")
            await far_end.hung_up.wait()
        async with dial(opened, form="slin") as far_end:
            await far_end.socket.send_bytes(b"\x00")
            await far_end.socket.send_bytes(b"\x10\x10" * 1_600)
            await far_end.has_played(1)


@pytest.mark.parametrize(("form", "told"), [("opus", "c(slin16)"), ("", "c(slin16)")])
async def test_a_format_that_is_not_spoken_is_refused_with_what_to_do(
    form: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with door(nobody) as opened, aiohttp.ClientSession() as http:
        async with http.ws_connect(f"http://127.0.0.1:{opened.port}/") as socket:
            await socket.send_str(f"MEDIA_START connection_id:1 format:{form}")
            assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert told in caplog.text


async def test_who_does_not_know_the_password_is_refused() -> None:
    async with door(parrot, password="tea") as opened, aiohttp.ClientSession() as http:
        address = f"http://127.0.0.1:{opened.port}/asterisk"
        for wrong in (None, _basic("shop:coffee"), _basic("tea"), "Basic ***", "Bearer tea"):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
                await http.ws_connect(address, headers={"Authorization": wrong} if wrong else None)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            await http.ws_connect(address, params={"key": "茶"})
        async with http.ws_connect(address, headers={"Authorization": _basic("shop:tea")}) as socket:
            assert not socket.closed
        async with http.ws_connect(address, params={"key": "tea"}) as socket:
            assert not socket.closed


def _basic(pair: str) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


async def test_a_page_in_a_browser_cannot_call_where_there_is_no_password() -> None:
    async with door(nobody) as opened, aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await http.ws_connect(f"http://127.0.0.1:{opened.port}/", origin="https://evil.example.com")


async def test_calls_beyond_the_limit_are_refused() -> None:
    async with door(parrot, max_lines=1) as opened, dial(opened), aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await http.ws_connect(f"http://127.0.0.1:{opened.port}/")


def test_a_door_without_a_password_listens_to_this_machine_only() -> None:
    with pytest.raises(ConfigError, match="ZHANGGUI_PHONE__WEBSOCKET_PASSWORD"):
        ChanWebSocketDoor("0.0.0.0", 0, on_call=nobody, max_lines=1)  # noqa: S104 - refusing it is the test


def test_events_are_read_in_both_spellings() -> None:
    fields: dict[str, Any] = {"event": "DTMF_END", "digit": "5", "channel_variables": {"A": "b"}}
    for text in ("DTMF_END digit:5 channel_id:1.1", json.dumps(fields)):
        event = parse(text)
        assert event
        assert (event.name, event.fields["digit"]) == ("DTMF_END", "5")
    marked = parse("MEDIA_MARK_PROCESSED correlation_id:7")
    assert marked
    assert marked.id == "7"
