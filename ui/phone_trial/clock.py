"""The time of a simulated line: 20 ms by 20 ms, at the wall's pace, or waiting for the models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

FRAME_S = 0.02


class Clock:
    """Say whether time goes on, for all the lines of a trial.

    An unhurried clock stands still while a model works and while the machine stalls, so that what is counted
    in frames of a call is the same on a slow machine and on a fast one. A hurried one never stands still: a
    caller's own telephone does not wait either.
    """

    def __init__(self, *, unhurried: bool = False) -> None:
        """Begin with nobody at work."""
        self.unhurried = unhurried
        self._working = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Stand still in the body of it, where the clock is unhurried."""
        self._working += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._working -= 1
            if not self._working:
                self._idle.set()

    async def running(self) -> None:
        """Wait until time goes on."""
        if self.unhurried:
            await self._idle.wait()


class Ticks:
    """The frames of one line, each at its own absolute moment."""

    def __init__(self, clock: Clock) -> None:
        """Begin when the first is waited for."""
        self._clock = clock
        self._due: float | None = None

    async def wait(self) -> None:
        """Wait until 20 ms more have passed."""
        now = asyncio.get_running_loop().time
        self._due = (now() if self._due is None else self._due) + FRAME_S
        await asyncio.sleep(max(0.0, self._due - now()))
        await self._clock.running()
        if self._clock.unhurried:
            self._due = max(self._due, now())
