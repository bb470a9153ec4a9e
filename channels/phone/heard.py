"""What the caller has heard of what was sent, on a line whose carrier keeps a queue of its own."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

_TICK_MS = 200.0
"""Sound between two marks of ours: what may be wrong about where the caller is, once one went astray."""


@dataclass(frozen=True, slots=True)
class _Mark:
    id: str
    name: str
    """What the session calls it; empty for one of ours."""
    at_ms: float
    """How much sound was sent before it."""


class Heard:
    """Follow how far a carrier has played, by the marks that it gives back when it gets there.

    A carrier may hold many seconds of sound, so what was sent says nothing about what was heard. A mark
    every 200 ms of sound does, and between two of them the clock, for a carrier plays in real time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing sent."""
        self._clock = clock
        self._ids = count(1)
        self._sent_ms = 0.0
        self._sure_ms = 0.0
        self._sure_at = clock()
        self._marked_ms = 0.0
        self._ahead: deque[_Mark] = deque()
        self._waiting: dict[str, asyncio.Event] = {}

    def sent(self, ms: float) -> str | None:
        """Count sound that was sent; return the id of a mark to send after it, when one is due."""
        if self._now_ms() >= self._sent_ms:  # the carrier had run dry, and begins again now
            self._sure_ms, self._sure_at = self._sent_ms, self._clock()
        self._sent_ms += ms
        last_ms = self._ahead[-1].at_ms if self._ahead else self._sure_ms
        return self._put("") if self._sent_ms - last_ms >= _TICK_MS else None

    def mark(self, name: str) -> str:
        """Return the id of a mark to send, which `played` waits for by its `name`."""
        self._waiting[name] = asyncio.Event()
        return self._put(name)

    def came(self, mark_id: str) -> None:
        """Take note of a mark that came back; those before it were passed too. Others than ours are ignored."""
        if not any(mark.id == mark_id for mark in self._ahead):
            return
        while True:
            mark = self._ahead.popleft()
            self._sure_ms, self._sure_at = mark.at_ms, self._clock()
            if mark.name:
                self._marked_ms = mark.at_ms
                self._reach(mark.name)
            if mark.id == mark_id:
                return

    async def played(self, name: str) -> None:
        """Wait until a mark came back or was given up."""
        if reached := self._waiting.get(name):
            await reached.wait()

    def flush(self) -> float:
        """Forget what is still to come; return the sound heard since the last mark of the session, in ms."""
        heard_ms = self._now_ms() - self._marked_ms
        self._sent_ms = self._sure_ms = self._marked_ms = 0.0
        self._ahead.clear()
        for name in tuple(self._waiting):
            self._reach(name)
        return heard_ms

    def _now_ms(self) -> float:
        # A mark that did not come back was not reached, however late it is.
        bound_ms = self._ahead[0].at_ms if self._ahead else self._sent_ms
        return min(self._sure_ms + (self._clock() - self._sure_at) * 1000, bound_ms)

    def _put(self, name: str) -> str:
        mark = _Mark(str(next(self._ids)), name, self._sent_ms)
        self._ahead.append(mark)
        return mark.id

    def _reach(self, name: str) -> None:
        if reached := self._waiting.pop(name, None):
            reached.set()
