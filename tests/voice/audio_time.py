"""A clock that leaps: seconds of a call pass as soon as nobody has anything left to do in them.

What is tested is then counted in audio, and neither a fast nor a busy machine changes it. Work in threads
has to be announced with `at_work`: meanwhile time passes as it really does.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any


class _Leaping(selectors.DefaultSelector):
    """Wait for nothing but threads at work."""

    ahead_s = 0.0
    at_work = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or self.at_work:
            return super().select(timeout)
        ready = super().select(0)
        if not ready and timeout > 0:
            self.ahead_s += timeout
        return ready


class AudioTime(asyncio.SelectorEventLoop):
    """An event loop of which the clock leaps to the next timer."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        # Only what threads take passes by itself; what the loop's own steps take counts as nothing.
        return self._leaping.ahead_s

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let time pass as it really does."""
        self._leaping.at_work += 1
        began = time.perf_counter()
        try:
            yield
        finally:
            self._leaping.at_work -= 1
            self._leaping.ahead_s += time.perf_counter() - began


def in_audio_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test on a leaping clock."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=AudioTime) as runner:
            runner.run(test(*args, **kwargs))

    return run
