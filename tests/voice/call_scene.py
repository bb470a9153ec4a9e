"""A made-up line with a scripted clerk, ear and voice, for tests of whole calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.call_ports import LineQuality
from core.ports import Activity
from core.types import Message, Percept, Reply, TextPart, Transcript, Turn, Understanding
from voice.activity.fake import build as loudness
from voice.call import CallSession
from voice.call.conversation import House, Manners
from voice.call.phrases import Phrasebook
from voice.call.session import Operations
from voice.call.speech import FRAME

TONE = (0.3 * np.sin(2 * np.pi * 300 * np.arange(FRAME) / 16_000)).astype(np.float32)
CALLER = np.random.default_rng(7).normal(0, 0.2, FRAME).astype(np.float32)
"""Unlike the clerk's tone, which a canceller of echoes takes out."""
HUSH = np.zeros(FRAME, dtype=np.float32)


class Line:
    """A line whose far end is the test."""

    def __init__(self, call_id: str = "c1") -> None:
        self.caller = "+8613800000000"
        self.call_id = call_id
        self.sent: list[np.ndarray] = []
        self.marks = 0
        self._since_mark = 0
        self.flushed = 0
        self.hung_up = False
        self.transfers: list[str] = []
        self.far_side_answers: bool | None = False
        self._frames: asyncio.Queue[np.ndarray | None] = asyncio.Queue()
        self._keys: asyncio.Queue[str | None] = asyncio.Queue()
        self._marked = asyncio.Condition()

    async def frames_in(self) -> AsyncIterator[np.ndarray]:
        while (frame := await self._frames.get()) is not None:
            yield frame
            await asyncio.sleep(0)  # frames come one by one, and there is time to think between them

    async def dtmf(self) -> AsyncIterator[str]:
        while (key := await self._keys.get()) is not None:
            yield key

    async def send(self, frame: np.ndarray) -> None:
        assert frame.shape == (FRAME,)
        self.sent.append(frame)
        self._since_mark += 1

    async def mark(self, name: str) -> None:
        self._since_mark = 0
        if not name.startswith("said"):
            return
        async with self._marked:
            self.marks += 1
            self._marked.notify_all()

    async def played(self, name: str) -> None: ...

    async def flush(self) -> float:
        self.flushed += 1
        return self._since_mark * 20.0

    async def transfer(self, target: str) -> bool:
        self.transfers.append(target)
        if self.far_side_answers is None:
            await asyncio.Event().wait()
        return bool(self.far_side_answers)

    async def hang_up(self) -> None:
        self.hung_up = True

    def quality(self) -> LineQuality:
        return LineQuality()

    # What the test does at the far end.

    async def heard(self, sentences: int) -> None:
        """Wait until so many sentences were played to the end, and the clerk listens again."""
        async with self._marked:
            await self._marked.wait_for(lambda: self.marks >= sentences)
        await asyncio.sleep(0.03)

    def speak(self, seconds: float = 0.6) -> None:
        self._put(HUSH, 0.4)
        self._put(CALLER, seconds)
        self._put(HUSH, 0.9)

    def be_silent(self, seconds: float) -> None:
        self._put(HUSH, seconds)

    def press(self, keys: str) -> None:
        for key in keys:
            self._keys.put_nowait(key)

    def drop(self) -> None:
        self._frames.put_nowait(None)
        self._keys.put_nowait(None)

    def _put(self, frame: np.ndarray, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self._frames.put_nowait(frame)


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - the far end only looks; nothing tells it
        await asyncio.sleep(0.01)


@dataclass
class Voice:
    """Speak everything as a short tone, and remember it."""

    frames: int = 2
    said: list[tuple[str, str]] = field(default_factory=list)
    mute: frozenset[str] = frozenset()

    async def speak(
        self, text: str, language: str, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[np.ndarray]:
        assert rate_hz == 16_000
        if text in self.mute or "*" in self.mute:
            raise RuntimeError("the voice is broken")
        self.said.append((text, language))
        yield np.tile(TONE, self.frames)[:-7]  # not a whole number of frames


@dataclass
class Ear:
    """Recognise scripted words."""

    script: list[Transcript] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)

    async def transcribe(
        self, speech: np.ndarray, *, language: str | None = None, hint: str = "", expect: str = ""
    ) -> Transcript:
        self.heard.append(len(speech) / 16_000)
        self.asked.append(language)
        return self.script.pop(0)


@dataclass
class Clerk:
    """Answer as the test says."""

    reply: Callable[[Message], Awaitable[Turn]] | None = None
    messages: list[Message] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Of each turn that was interrupted, what the caller heard."""
    activities: asyncio.Queue[Activity] = field(default_factory=asyncio.Queue)

    async def answer(self, message: Message) -> Turn:
        self.messages.append(message)
        return await self.reply(message) if self.reply else turn(message, ("Noted.", "en"))

    async def played(self, turn: Turn, words: str) -> None:
        self.heard.append(words)

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        while True:
            yield await self.activities.get()

    def is_sure(self, message: Message, words: str) -> None:
        """Tell who watches what of the reply is sure so far."""
        self.activities.put_nowait(Activity(kind="words", message_id=message.external_id, words=words))


def turn(message: Message, *replies: tuple[str, str], outcome: str = "answered") -> Turn:
    return Turn(
        id="t",
        message=message,
        percept=Percept(message_id=message.id),
        understanding=Understanding(commands=()),
        actions=(),
        replies=tuple(
            Reply(id=str(seq), turn_id="t", seq=seq, parts=(TextPart(text=text),), language=language)
            for seq, (text, language) in enumerate(replies)
        ),
        timings=MappingProxyType({}),
        outcome=outcome,
    )


def words(text: str, language: str = "en") -> Transcript:
    return Transcript(text=text, language=language, confidence=0.9)


@dataclass
class Scene:
    clerk: Clerk = field(default_factory=Clerk)
    ear: Ear = field(default_factory=Ear)
    voice: Voice = field(default_factory=Voice)
    manners: Manners = field(default_factory=Manners)
    options: dict[str, Any] = field(default_factory=lambda: {"language": "en"})
    max_calls: int = 8
    operations: Operations = field(default_factory=Operations)

    def session(self) -> CallSession:
        house = House(
            clerk=self.clerk,  # type: ignore[arg-type]  # a call needs only `answer` and `watch`
            recognizer=self.ear,  # type: ignore[arg-type]  # and no capabilities
            activity=loudness("", Path()),
            phrasebook=Phrasebook(self.voice),
            manners=self.manners,
            has_echo=False,  # a canceller expects frames at the pace of time
            **self.options,
        )
        return CallSession(house, max_calls=self.max_calls, operations=self.operations)

    @property
    def said(self) -> list[str]:
        return [text for text, _ in self.voice.said]


@asynccontextmanager
async def call(scene: Scene, line: Line | None = None, *, limit_s: float = 20) -> AsyncIterator[Line]:
    """Hold a call while the body plays the caller; then hang up, and see that nothing is left."""
    line = line or Line()
    before = asyncio.all_tasks()
    session = scene.session()
    held = asyncio.create_task(session.hold(line))
    try:
        async with asyncio.timeout(limit_s):
            yield line
            line.drop()
            await held
    finally:
        held.cancel()
    assert line.hung_up
    assert session.calls == 0
    left = asyncio.all_tasks() - before
    assert not left, left
