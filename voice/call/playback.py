"""What the caller hears: one frame every 20 ms, from the first moment to the last.

Pacing has one owner, and it is here. A transport is given a frame when it is due, so hardly anything ever
waits at the carrier and an interruption is heard at once; where a carrier holds more all the same, `flush`
says how much of it was heard. Between words, silence is sent: Asterisk wants sound from the first moment,
and a line without any is dead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import count

import numpy as np

from core.call_ports import MediaTransport
from core.ports import Pcm
from voice.call.speech import FRAME, FRAME_S, Speech

log = logging.getLogger(__name__)

_BURST_S = 0.1
"""How far a stall is caught up; after a longer one the clock is set anew, for the line plays in real time."""
_MARK_S = 12.0
"""How long to wait for a line to say that it has played everything: a carrier may hold 10 s."""
_DUMB_MARK_S = 0.5
"""The same for a line that has never said it."""

SILENCE: Pcm = np.zeros(FRAME, dtype=np.float32)
SILENCE.setflags(write=False)


class Playback:
    """Speak to one caller."""

    def __init__(self, transport: MediaTransport, sent: Callable[[Pcm], None] | None = None) -> None:
        """Speak over `transport`; `sent` is told of every frame."""
        self._transport = transport
        self._sent = sent or _tell_nobody
        self._speech: Speech | None = None
        self._from = 0
        """The frame with which the line was last begun."""
        self._heard = 0
        self._is_paused = False
        self._is_marked = False
        self._given = asyncio.Event()
        """Set when the line was given everything and asked to tell when it was heard."""
        self._going = asyncio.Event()
        self._names = count()
        self._mark_s = _MARK_S
        self._name = ""

    async def run(self) -> None:
        """Send frames at absolute deadlines until cancelled."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            frame = await self._next()
            await self._transport.send(frame)
            self._sent(frame)
            due += FRAME_S
            late = clock() - due
            if late > _BURST_S or (late > 0 and frame is SILENCE):
                due = clock()
            await asyncio.sleep(max(0.0, -late))

    async def say(self, speech: Speech) -> None:
        """Play, and return when the caller has heard it. Cancelling it stops the speech within a frame."""
        making = asyncio.create_task(speech.make())
        self._begin(speech, 0)
        try:
            await self._heard_out(making)
        except BaseException:
            await self.pause()
            raise
        finally:
            self._speech = None
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    async def pause(self) -> None:
        """Fall silent at once; `heard` then tells how far the caller heard."""
        speech = self._speech
        if speech is None or self._is_paused:
            return
        self._is_paused = True
        self._going.clear()
        was_begun = self._is_marked
        heard_ms = await self._transport.flush()
        self._heard = min(self._from + round(heard_ms / 1000 / FRAME_S), speech.at) if was_begun else self._from

    def resume(self) -> None:
        """Go on where `pause` cut, from the last breath."""
        if self._speech and self._is_paused:
            self._speech.go_back(self._heard)
            self._begin(self._speech, self._speech.at)

    @property
    def heard(self) -> int:
        """Return how many frames of the speech were heard when it was paused."""
        return self._heard

    @property
    def is_paused(self) -> bool:
        """Return whether we fell silent in the middle of what we say."""
        return self._is_paused and self._speech is not None

    def _begin(self, speech: Speech, frame: int) -> None:
        self._speech, self._from, self._heard = speech, frame, frame
        self._is_paused = self._is_marked = False
        self._given.clear()
        self._going.set()

    async def _heard_out(self, making: asyncio.Task[None]) -> None:
        given = asyncio.create_task(self._given.wait())
        try:
            await asyncio.wait([given, making], return_when=asyncio.FIRST_COMPLETED)
            if making.done():
                making.result()
            await given
        finally:
            given.cancel()
        while True:
            try:
                async with asyncio.timeout(self._mark_s):
                    await self._transport.played(self._name)
            except TimeoutError:
                self._mark_s = _DUMB_MARK_S
                log.debug("call %s: the line does not say what it played", self._transport.call_id)
            if not self._is_paused and self._given.is_set():
                return
            await self._going.wait()
            await self._given.wait()

    async def _next(self) -> Pcm:
        speech = self._speech
        if speech is None or self._is_paused:
            return SILENCE
        frame = speech.next()
        if frame is not None:
            await self._mark_beginning(speech)
            # A pause may have come while the line was told where the speech begins.
            return SILENCE if self._is_paused else frame
        if speech.is_over and not self._given.is_set():
            self._name = f"said-{next(self._names)}"
            await self._transport.mark(self._name)
            self._given.set()
        return SILENCE

    async def _mark_beginning(self, speech: Speech) -> None:
        """Let the line count from here, so that `flush` tells how much of this speech was heard."""
        if self._is_marked:
            return
        self._is_marked = True
        if speech.began_at is None:
            speech.began_at = asyncio.get_running_loop().time()
        await self._transport.mark(f"from-{next(self._names)}")


def _tell_nobody(_frame: Pcm) -> None:
    """Do nothing."""
