"""Who is called by us in tests: a dialer whose far side the test plays."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from core.call_ports import MediaTransport
from core.errors import NotAnsweredError
from tests.voice.call_scene import Line
from voice.call.record import CallRecord
from voice.call.seams import Note


@dataclass
class FarSide:
    """A `core.call_ports.Dialer`: answers with `line` once the test lets it, or does not answer."""

    line: Line = field(default_factory=lambda: Line("person"))
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: str = ""
    called: list[str] = field(default_factory=list)

    async def dial(self, target: str, *, ring_s: float = 30.0) -> MediaTransport:
        self.called.append(target)
        if self.refusal:
            raise NotAnsweredError(self.refusal)
        try:
            async with asyncio.timeout(ring_s):
                await self.answers.wait()
        except TimeoutError as error:
            raise NotAnsweredError(f"nobody within {ring_s:g} s") from error
        return self.line


@dataclass
class Notes:
    """A `voice.call.seams.WriteNote` that remembers."""

    written: list[Note] = field(default_factory=list)

    async def __call__(self, note: Note) -> str:
        self.written.append(note)
        return "T0000000001"


@dataclass
class Book:
    """A `voice.call.record.Keep` that remembers how each record looked."""

    kept: list[dict[str, object]] = field(default_factory=list)

    async def __call__(self, record: CallRecord) -> None:
        self.kept.append(record.as_json())

    @property
    def last(self) -> dict[str, object]:
        return self.kept[-1]
