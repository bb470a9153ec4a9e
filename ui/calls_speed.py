"""How many calls one core holds: models that do nothing, real sessions, and the frames that come too late.

The house runs in a process of its own, pinned to one core; over AudioSocket the callers run in this one.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import struct
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from uuid import uuid4

import numpy as np

from channels.phone.audiosocket import AudioSocketDoor
from channels.phone.codec import to_int16
from core.call_ports import LineQuality, MediaTransport
from core.ports import Activity, Clerk, Pcm
from core.registry import build
from core.types import Message, Percept, Reply, TextPart, Turn, Understanding
from voice.call import CallSession
from voice.call.conversation import House
from voice.call.phrases import Phrasebook
from voice.speaker import Speaker

FRAME, FRAME_S = 320, 0.02
LATE_S = 0.005
_MOST_LATE = 0.01
"""Share of late frames that a call still sounds well with."""
_HISTOGRAM_MS = (1, 2, 5, 10, 20, 50)
_HEADER = struct.Struct(">BH")
_WARM_S = 2.0
"""Left out at the beginning: calls come one after the other, not at once."""
Door = Literal["none", "audiosocket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What so many calls at a time came to."""

    calls: int
    frames: int
    late_share: float
    """Of all frames, those that came more than 5 ms after their moment."""
    own_late_share: float
    """The same, without the time in which other programs had the core: what a quiet machine would show at most."""
    late_ms: Mapping[str, int]
    """How many frames were late by more than so many milliseconds."""
    worst_ms: float
    cpu_share: float
    """Of one core, for all calls."""
    turns: int
    """Answers that the clerk gave meanwhile."""


async def measure(calls: int, seconds: float, door: Door, first: bool = False) -> Load:
    """Hold `calls` calls at a time for so many seconds; `first` before all other programs, where that is allowed."""
    ours, theirs = multiprocessing.Pipe()
    spawning = multiprocessing.get_context("spawn")
    house = spawning.Process(target=_house, args=(theirs, calls, seconds, door, first), daemon=True)
    house.start()
    theirs.close()
    try:
        if door == "audiosocket":
            port = await asyncio.to_thread(ours.recv)
            async with asyncio.TaskGroup() as callers:
                for number in range(calls):
                    callers.create_task(_call_in(port, number, _WARM_S + seconds))
        return cast(Load, await asyncio.to_thread(ours.recv))
    finally:
        await asyncio.to_thread(house.join, 30)
        house.kill()


async def most(seconds: float, door: Door, first: bool = False) -> list[Load]:
    """Return the loads that were tried to find the most calls with fewer than 1 % of late frames; it is the last."""
    tried: dict[int, Load] = {}

    async def holds(calls: int) -> bool:
        tried[calls] = await measure(calls, seconds, door, first)
        return tried[calls].own_late_share < _MOST_LATE

    good, bad = 0, 8
    while bad <= 256 and await holds(bad):
        good, bad = bad, bad * 2
    while bad - good > max(1, good // 8):
        middle = (good + bad) // 2
        good, bad = (middle, bad) if await holds(middle) else (good, middle)
    rest = [load for calls, load in sorted(tried.items()) if calls != good]
    return [*rest, tried[good]] if good else rest


# In the pinned process.


class _Core:
    """How long this thread has waited for a core that another program had (Linux; elsewhere 0)."""

    def __init__(self) -> None:
        file = Path("/proc/thread-self/schedstat")
        self._open = os.open(file, os.O_RDONLY) if file.exists() else None

    def waited_s(self) -> float:
        return int(os.pread(self._open, 100, 0).split()[1]) / 1e9 if self._open is not None else 0.0


@dataclass(slots=True)
class _Lateness:
    """How late frames are: those of speech against the first of it, silence against the frame before."""

    late_s: list[float] = field(default_factory=list)
    own_late_s: list[float] = field(default_factory=list)
    counts_from: float = 0.0
    core: _Core = field(default_factory=_Core)

    def meter(self) -> _Meter:
        return _Meter(self)


@dataclass(slots=True)
class _Meter:
    total: _Lateness
    due: float | None = None
    waited_s: float = 0.0

    def frame(self, frame: Pcm) -> None:
        now, waited_s = time.perf_counter(), self.total.core.waited_s()
        late = 0.0 if self.due is None else max(0.0, now - self.due)
        if now >= self.total.counts_from:
            self.total.late_s.append(late)
            self.total.own_late_s.append(max(0.0, late - (waited_s - self.waited_s)))
        self.waited_s = waited_s
        # Silence may begin anew at any moment; nobody hears it. Speech has to keep to its own beginning.
        self.due = (self.due if self.due is not None and frame.any() else now) + FRAME_S


class _Metered:
    """A line whose frames are timed as they are sent."""

    def __init__(self, line: MediaTransport, meter: _Meter) -> None:
        self._line = line
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    async def send(self, frame: Pcm) -> None:
        self._meter.frame(frame)
        await self._line.send(frame)


class _BareLine:
    """A line without a carrier: sound of a caller who talks and pauses, and an ear that takes what it gets."""

    caller = ""
    call_id = "bare"

    def __init__(self, number: int) -> None:
        self._number = number

    async def frames_in(self) -> AsyncIterator[Pcm]:
        clock, due = asyncio.get_running_loop().time, asyncio.get_running_loop().time()
        for at in range(1 << 30):
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - clock()))
            yield _caller(at + 37 * self._number)

    async def dtmf(self) -> AsyncIterator[str]:
        await asyncio.Event().wait()
        yield ""

    async def send(self, frame: Pcm) -> None: ...

    async def mark(self, name: str) -> None: ...

    async def played(self, name: str) -> None: ...

    async def flush(self) -> float:
        return 0.0

    async def transfer(self, target: str) -> bool:
        return False

    async def hang_up(self) -> None: ...

    def quality(self) -> LineQuality:
        return LineQuality()


_TONE: Pcm = (0.3 * np.sin(2 * np.pi * 300 * np.arange(FRAME) / 16_000)).astype(np.float32)
_HUSH: Pcm = np.zeros(FRAME, dtype=np.float32)


def _caller(at: int) -> Pcm:
    """Return the frame of a caller who talks for 2 s of every 8."""
    return _TONE if at % 400 < 100 else _HUSH


@dataclass(slots=True)
class _Clerk:
    """Answer everything with the same two seconds of speech."""

    turns: int = 0

    async def answer(self, message: Message) -> Turn:
        self.turns += 1
        text = TextPart(text="Your parcel is on its way to you and comes on Monday.")
        return Turn(
            id=message.id,
            message=message,
            percept=Percept(message_id=message.id),
            understanding=Understanding(commands=()),
            actions=(),
            replies=(Reply(id="r", turn_id=message.id, seq=0, parts=(text,), language="en"),),
            timings=MappingProxyType({}),
            outcome="answered",
        )

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        await asyncio.Event().wait()
        yield Activity(kind="typing", message_id="")

    async def played(self, turn: Turn, words: str) -> None: ...


def _house(tell: Connection, calls: int, seconds: float, door: Door, first: bool) -> None:
    if first:
        os.nice(-20)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    tell.send(asyncio.run(_hold(tell, calls, seconds, door)))


async def _hold(tell: Connection, calls: int, seconds: float, door: Door) -> Load:
    clerk, lateness, nowhere = _Clerk(), _Lateness(), Path()
    voice = build("tts", "fake", nowhere)
    house = House(
        clerk=cast(Clerk, clerk),  # a call needs `answer`, `watch` and `played` of it
        recognizer=build("asr", "fake", nowhere),
        activity=build("vad", "fake", nowhere),
        phrasebook=Phrasebook(Speaker(voices={"en": voice, "zh": voice})),
        language="en",
    )
    session = CallSession(house, max_calls=calls)
    await session.prepare()

    async def on_call(line: MediaTransport) -> None:
        await session.hold(cast(MediaTransport, _Metered(line, lateness.meter())))

    async with asyncio.TaskGroup() as tasks:
        if door == "audiosocket":
            listening = AudioSocketDoor("127.0.0.1", 0, on_call=on_call, max_lines=calls)
            running = [tasks.create_task(listening.run())]
            await listening.ready.wait()
            tell.send(listening.port)
        else:
            running = [tasks.create_task(on_call(_BareLine(number))) for number in range(calls)]
        await asyncio.sleep(_WARM_S)
        lateness.counts_from, cpu, began = time.perf_counter(), time.process_time(), time.perf_counter()
        await asyncio.sleep(seconds)
        share = (time.process_time() - cpu) / (time.perf_counter() - began)
        found = list(lateness.late_s)
        for task in running:
            task.cancel()
    return Load(
        calls=calls,
        frames=len(found),
        late_share=_share_late(found),
        own_late_share=_share_late(lateness.own_late_s),
        late_ms={str(limit): sum(late * 1000 > limit for late in found) for limit in _HISTOGRAM_MS},
        worst_ms=round(max(found, default=0.0) * 1000, 1),
        cpu_share=round(share, 3),
        turns=clerk.turns,
    )


def _share_late(late_s: list[float]) -> float:
    return round(sum(late > LATE_S for late in late_s) / max(1, len(late_s)), 5)


# The callers, in this process.


async def _call_in(port: int, number: int, seconds: float) -> None:
    """Call over AudioSocket, talk and pause, and take all sound that comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_HEADER.pack(0x01, 16) + uuid4().bytes)
    sounds = {True: _packet(_TONE), False: _packet(_HUSH)}
    reading = asyncio.create_task(_read_all(reader))
    clock, due = asyncio.get_running_loop().time, asyncio.get_running_loop().time()
    last = due + seconds
    try:
        for at in range(round(seconds / FRAME_S)):
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - clock()))
            with suppress(ConnectionError):
                writer.write(sounds[_caller(at + 37 * number) is _TONE])
        await asyncio.sleep(max(0.0, last - clock()))
    finally:
        reading.cancel()
        writer.transport.abort()


def _packet(frame: Pcm) -> bytes:
    sound = to_int16(frame[::2]).astype("<i2").tobytes()
    return _HEADER.pack(0x10, len(sound)) + sound


async def _read_all(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(65_536):
            pass


def report_of(loads: list[Load], door: Door) -> dict[str, Any]:
    """Return the loads as plain values; `calls_per_core` is None where not even the fewest were held well."""
    last = loads[-1]
    return {
        "door": door,
        "calls_per_core": last.calls if last.own_late_share < _MOST_LATE else None,
        "loads": [asdict(load) for load in loads],
    }
