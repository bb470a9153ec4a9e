"""How long each stage of a turn took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Collects milliseconds by stage, in the order in which the stages began."""

    def __init__(self) -> None:
        """Start with no stage."""
        self.timings: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to stage `name`."""
        began = time.perf_counter()
        self.timings.setdefault(name, 0.0)
        try:
            yield
        finally:
            self.timings[name] += (time.perf_counter() - began) * 1000
