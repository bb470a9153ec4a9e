"""How many messages a conversation may send, or conversations an address may open, in a minute."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

_REMEMBERED = 50_000
"""Buckets kept; the one that was not used longest is forgotten first."""


@dataclass(slots=True)
class Rate:
    """A token bucket per conversation or address: a whole minute's allowance at once, then one by one."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait_s(self, whose: str) -> float:
        """Take one token; return 0, or the seconds until there will be one (none is taken then)."""
        now = self.clock()
        tokens, since = self._buckets.pop(whose, (float(self.per_minute), now))
        tokens = min(self.per_minute, tokens + (now - since) * self.per_minute / 60)
        wait = 0.0 if tokens >= 1 else (1 - tokens) * 60 / self.per_minute
        self._buckets[whose] = (tokens - 1 if tokens >= 1 else tokens, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return wait
