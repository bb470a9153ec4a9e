"""The person whom callers are put through to: a telephone of their own, which is answered or not."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from core.call_ports import MediaTransport
from core.errors import NotAnsweredError
from core.ports import Pcm
from core.types import Language
from ui.phone_trial.clock import Clock
from ui.phone_trial.handset import FRAME, Handset, LineClosedError
from ui.phone_trial.line import SimulatedLine
from ui.phone_trial.sound import RATE_HZ
from ui.phone_trial.witness import Witness

HELLO: dict[Language, str] = {
    "zh": "您好，我是人工客服小李，请讲。",
    "en": "Hello, this is Charlie from customer service.",
}
"""What the person says to the caller; a caller who hears it was put through."""
_RING_S = 1.0
_OVER_S = 0.9
"""A clerk who is silent for so long has finished."""
_OFFER_S = 60.0
_NEVER = 1 << 62


class Person:
    """Answer when called (a `core.call_ports.Dialer`), listen to the offer, take the call, and greet the caller."""

    def __init__(self, clock: Clock, witness: Witness, hello: Pcm, *, answers: bool) -> None:
        """Begin beside a telephone; `answers` says whether it will be picked up."""
        self._clock = clock
        self._witness = witness
        self._hello = hello
        self._answers = answers
        self._lines: list[SimulatedLine] = []
        self._work: list[asyncio.Task[None]] = []
        self.has_taken = False
        """Whether the call was taken."""

    async def dial(self, target: str, *, ring_s: float = 30.0) -> MediaTransport:
        """Ring, and return the line where somebody picks up; else raise `NotAnsweredError`."""
        self._witness.owes_since = _NEVER
        await asyncio.sleep(min(_RING_S, ring_s))
        if not self._answers:
            self._witness.owes_since = self._witness.now()
            raise NotAnsweredError("nobody picked up")
        line = SimulatedLine(Handset(), self._clock, call_id="person")
        self._lines.append(line)
        self._work += [asyncio.create_task(line.run()), asyncio.create_task(self._take(line))]
        return line

    async def leave(self) -> None:
        """Put the receiver down, where the clerk has not done it."""
        for line in self._lines:
            line.drop()
        await asyncio.gather(*self._work)

    async def _take(self, line: SimulatedLine) -> None:
        """Press 1 after the offer, and speak to whoever is there then."""
        with suppress(LineClosedError):
            await self._until_silent(line, after=0)
            pressed_at = line.handset.now
            line.press("1")
            self.has_taken = True
            await self._until_silent(line, after=pressed_at)
            self._witness.owes_since = self._witness.now()
            line.handset.say(self._hello)

    async def _until_silent(self, line: SimulatedLine, *, after: int) -> None:
        """Wait until something was heard after a moment, and nothing more comes."""

        def is_over() -> bool:
            loud = line.handset.loud_frames
            return bool(loud) and loud[-1] * FRAME >= after and line.handset.now - loud[-1] * FRAME > _OVER_S * RATE_HZ

        await line.handset.until(is_over, within_s=_OFFER_S)
