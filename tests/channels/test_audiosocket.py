"""AudioSocket, called by a peer that behaves as Asterisk does."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import numpy as np
import pytest

from channels.phone.audiosocket import AudioSocketDoor
from core.call_ports import MediaTransport
from tests.channels.doors import OnCall, open_door, parrot

Dial = Callable[[int], AbstractAsyncContextManager[Any]]
TONE = (8_000 * np.sin(2 * np.pi * 400 * np.arange(8_000) / 8_000)).astype(np.int16)


def door(on_call: OnCall, max_lines: int = 4) -> AbstractAsyncContextManager[AudioSocketDoor]:
    return open_door(AudioSocketDoor("127.0.0.1", 0, on_call=on_call, max_lines=max_lines), within_s=20)


async def raw(port: int, *packets: bytes) -> bytes:
    """Send bytes, close our side, and return what comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(packets))
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def packet(kind: int, payload: bytes = b"") -> bytes:
    return struct.pack(">BH", kind, len(payload)) + payload


CALL = packet(0x01, bytes(15) + b"\x07")


async def test_a_call_carries_sound_both_ways_and_names_itself(dial: Dial) -> None:
    lines: list[MediaTransport] = []

    async def on_call(line: MediaTransport) -> None:
        lines.append(line)
        await parrot(line)

    async with door(on_call) as opened, dial(opened.port) as asterisk:
        asterisk.say(TONE)
        await asterisk.has_said_all()
        await asyncio.sleep(0.1)
        asterisk.hang_up()
        await asterisk.hung_up.wait()
    assert lines[0].call_id == "1c9f0a3e-5a0c-4b43-8e36-000000000001"
    assert asterisk.aborted == ""
    assert {len(piece) for piece in asterisk.sound} == {160}
    heard = asterisk.heard[np.abs(asterisk.heard) > 1_000]
    assert len(heard) > 6_500
    assert np.abs(heard).max() == pytest.approx(8_000, rel=0.1)


async def test_keys_arrive_in_order_and_other_bytes_are_ignored(dial: Dial) -> None:
    keys: list[str] = []
    heard = asyncio.Event()

    async def on_call(line: MediaTransport) -> None:
        keys.extend([key async for key in line.dtmf()])
        heard.set()

    async with door(on_call) as opened, dial(opened.port) as asterisk:
        asterisk.press("12é#"[:2])
        asterisk.packet(0x03, b"\xff")
        asterisk.packet(0x03, b"")
        asterisk.press("#*A")
        asterisk.hang_up()
        async with asyncio.timeout(10):
            await heard.wait()  # the door, closed at once, would cut the call short
    assert keys == ["1", "2", "#", "*", "A"]


async def test_when_the_clerk_hangs_up_asterisk_is_told(dial: Dial) -> None:
    async def on_call(line: MediaTransport) -> None:
        await line.hang_up()
        await line.hang_up()
        await line.send(np.zeros(320, dtype=np.float32))

    async with door(on_call) as opened:
        assert await raw(opened.port, CALL) == packet(0x00)


async def test_wideband_sound_is_answered_in_wideband() -> None:
    sound = np.tile(TONE, 2)[:16_000].astype("<i2").tobytes()
    async with door(parrot) as opened:
        answer = await raw(opened.port, CALL, *(packet(0x12, sound[i : i + 640]) for i in range(0, 6_400, 640)))
    assert answer == b"".join(packet(0x12, sound[i : i + 640]) for i in range(0, 6_400, 640)) + packet(0x00)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", "without a call id"),
        (packet(0x10, bytes(320)), "expected a call id"),
        (packet(0x01, b"short"), "expected a call id"),
        (b"GET / HTTP/1.1\r\n\r\n", "ended after"),
        (CALL + packet(0x10, b"odd"), "16-bit samples"),
        (CALL + b"\x10\x01", "ended after 2 bytes"),
        (CALL + packet(0x10, bytes(320))[:100], "ended after 97 bytes"),
        (CALL + packet(0xFF, b"\x04"), "error 04"),
    ],
)
async def test_a_malformed_call_ends_with_a_line_in_the_log_and_the_next_one_works(
    sent: bytes, told: str, caplog: pytest.LogCaptureFixture, dial: Dial
) -> None:
    async with door(parrot) as opened:
        with caplog.at_level(logging.WARNING):
            answer = await raw(opened.port, sent)
        assert answer.endswith(packet(0x00))
        assert told in caplog.text
        async with dial(opened.port) as asterisk:
            asterisk.say(TONE[:1_600])
            await asterisk.has_said_all()
            await asyncio.sleep(0.05)
            assert asterisk.heard.any()


async def test_no_bytes_at_all_can_close_the_door(dial: Dial) -> None:
    chance = np.random.default_rng(20261122)
    async with door(parrot) as opened:
        for size in (1, 2, 3, 7, 19, 20, 64, 500, 4_000, 70_000):
            noise = chance.bytes(size)
            assert (await raw(opened.port, noise)).endswith(packet(0x00))
            assert (await raw(opened.port, CALL, noise)).endswith(packet(0x00))
        async with dial(opened.port) as asterisk:
            asterisk.say(TONE[:1_600])
            await asterisk.has_said_all()
            await asyncio.sleep(0.05)
            assert asterisk.heard.any()


async def test_a_packet_of_unknown_kind_is_skipped() -> None:
    async with door(parrot) as opened:
        answer = await raw(opened.port, CALL, packet(0x77, b"new"), packet(0x10, bytes(320)), packet(0x00))
    assert answer == packet(0x10, bytes(320)) + packet(0x00)


async def test_a_silent_far_end_is_heard_as_silence_so_that_sentences_end() -> None:
    heard = 0

    async def on_call(line: MediaTransport) -> None:
        nonlocal heard
        async for frame in line.frames_in():
            assert not frame.any()
            heard += 1
            if heard >= 25:
                return

    async with door(on_call) as opened:
        _, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        writer.write(CALL)
        async with asyncio.timeout(5):
            while heard < 25:  # noqa: ASYNC110 - the far end only looks; nothing tells it
                await asyncio.sleep(0.02)
        writer.close()


async def test_too_many_calls_are_hung_up_politely_and_room_is_made_again(dial: Dial) -> None:
    async with door(parrot, max_lines=1) as opened:
        async with dial(opened.port) as first:
            first.say(TONE[:1_600])
            await first.has_said_all()
            assert await raw(opened.port, CALL) == packet(0x00)
            first.hang_up()
            await first.hung_up.wait()
        await asyncio.sleep(0.05)
        async with dial(opened.port) as next_one:
            next_one.say(TONE[:1_600])
            await next_one.has_said_all()
            await asyncio.sleep(0.05)
            assert next_one.heard.any()


async def test_a_fault_in_one_call_does_not_close_the_door(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    calls = 0

    async def on_call(line: MediaTransport) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("boom")
        await parrot(line)

    async with door(on_call) as opened:
        assert await raw(opened.port, CALL) == packet(0x00)
        async with dial(opened.port) as asterisk:
            asterisk.say(TONE[:1_600])
            await asterisk.has_said_all()
            await asyncio.sleep(0.05)
            assert asterisk.heard.any()
    assert "ended by a fault" in caplog.text


async def test_a_far_end_that_stops_reading_loses_the_call_and_not_our_memory() -> None:
    ended = asyncio.Event()

    async def on_call(line: MediaTransport) -> None:
        async def flood() -> None:
            while True:
                await line.send(np.full(320, 0.1, dtype=np.float32))
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(flood())
            async for _ in line.frames_in():
                pass
            sending.cancel()
        ended.set()

    async with door(on_call) as opened:
        _, writer = await asyncio.open_connection("127.0.0.1", opened.port, limit=1_024)
        writer.transport.pause_reading()
        writer.write(CALL)
        async with asyncio.timeout(15):
            await ended.wait()
        writer.transport.abort()


async def test_closing_the_door_hangs_up_the_open_calls(dial: Dial) -> None:
    async with door(parrot) as opened, dial(opened.port) as asterisk:
        asterisk.say(TONE[:1_600])
        await asterisk.has_said_all()
    assert asterisk.aborted == ""
