"""A simulated line: the clerk's end of a handset, and the carrier's queue between them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import numpy as np

from core.call_ports import LineQuality
from core.ports import Pcm
from ui.phone_trial.clock import Clock, Ticks
from ui.phone_trial.handset import FRAME, QUIET, Handset
from ui.phone_trial.sound import rms
from voice.call.session import CallSession

_MS = 20.0


class SimulatedLine:
    """One call's line in this process (a `core.call_ports.MediaTransport`).

    The carrier takes what is sent as fast as it comes and plays it in real time; `stall` makes it play later,
    so that seconds of the clerk's voice wait in its queue.
    """

    def __init__(
        self,
        handset: Handset,
        clock: Clock,
        *,
        call_id: str = "simulated",
        caller: str = "",
    ) -> None:
        """Begin a call of `caller`."""
        self.caller = caller
        self.call_id = call_id
        self.handset = handset
        self._clock = clock
        self._queue: deque[Pcm | str] = deque()
        self._loud = 0
        self._marks: dict[str, asyncio.Event] = {}
        self._frames: asyncio.Queue[Pcm | None] = asyncio.Queue()
        self._keys: asyncio.Queue[str | None] = asyncio.Queue()
        self._stalled = 0
        self._since_mark = 0
        self.sent: list[int] = []
        """When the clerk sent sound that is not silence, in samples of the line's time."""
        self.dropped_ms = 0.0
        """Of sound that waited at the carrier and was flushed."""

    async def hold(self, session: CallSession) -> None:
        """Let `session` talk over the line, and time pass, until the call is over."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.run())
            tasks.create_task(session.hold(self))

    async def run(self) -> None:
        """Let time pass until the call is over."""
        ticks = Ticks(self._clock)
        while not self.handset.is_closed:
            await ticks.wait()
            self._frames.put_nowait(self.handset.tick(self._play()))

    def _play(self) -> Pcm:
        if self._stalled:
            self._stalled -= 1
            return np.zeros(FRAME, dtype=np.float32)
        while self._queue:
            item = self._queue.popleft()
            if not isinstance(item, str):
                self._since_mark += 1
                self._loud -= _is_loud(item)
                return item
            self._since_mark = 0
            self._reach(item)
        return np.zeros(FRAME, dtype=np.float32)

    def _reach(self, name: str) -> None:
        if reached := self._marks.pop(name, None):
            reached.set()

    # What the caller does.

    def stall(self, seconds: float) -> None:
        """Let the carrier play nothing for so long; it goes on taking what is sent."""
        self._stalled += round(seconds * 1000 / _MS)

    def press(self, key: str) -> None:
        """Press one key."""
        self._keys.put_nowait(key)

    @property
    def queued_s(self) -> float:
        """Return how much of the clerk's voice waits at the carrier."""
        return self._loud * _MS / 1000

    def drop(self) -> None:
        """End the call, from whichever side; safe to call twice."""
        if self.handset.is_closed:
            return
        self.handset.close()
        self._frames.put_nowait(None)
        self._keys.put_nowait(None)
        for name in list(self._marks):
            self._reach(name)

    # What the clerk's side sees.

    async def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what arrives of the caller, a frame each 20 ms, until the call is over."""
        while (frame := await self._frames.get()) is not None:
            yield frame

    async def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        while (key := await self._keys.get()) is not None:
            yield key

    async def send(self, frame: Pcm) -> None:
        """Queue a frame at the carrier."""
        await self._clock.running()
        if self.handset.is_closed:
            return
        is_loud = _is_loud(frame)
        if is_loud:
            self.sent.append(self.handset.now)
            self._loud += 1
        if is_loud or self._loud:
            self._queue.append(frame)  # silence that follows no sound would only make the line longer

    async def mark(self, name: str) -> None:
        """Ask to be told when all before it was played."""
        if not self.handset.is_closed:
            self._marks[name] = asyncio.Event()
            self._queue.append(name)

    async def played(self, name: str) -> None:
        """Wait until the mark was reached or flushed, or the call is over."""
        if reached := self._marks.get(name):
            await reached.wait()

    async def flush(self) -> float:
        """Drop what waits; return the milliseconds that were played since the last mark."""
        heard_ms = self._since_mark * _MS
        self.dropped_ms += self.queued_s * 1000
        self._queue.clear()
        self._loud = 0
        self._since_mark = 0
        for name in list(self._marks):
            self._reach(name)
        return heard_ms

    async def transfer(self, target: str) -> bool:
        """Put nobody through: a `ui.phone_trial.person.Person` is called instead."""
        return False

    async def hang_up(self) -> None:
        """End the call; safe to call twice."""
        self.drop()

    def quality(self) -> LineQuality:
        """Return how the caller's sound has been carried."""
        return self.handset.quality()


def _is_loud(frame: Pcm) -> bool:
    return rms(frame) > QUIET
