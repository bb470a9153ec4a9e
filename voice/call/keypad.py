"""Keys of the telephone become text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LONGEST = 32


class Keypad:
    """Collect one entry: "#" ends it, "*" clears it, a pause ends it, and so does its known length."""

    def __init__(self, submit: Callable[[str], None], *, pause_s: float = 4.0) -> None:
        """Call `submit` with each entry, without its "#"; a pause of `pause_s` ends an entry."""
        self._submit = submit
        self._pause_s = pause_s
        self._entry = ""
        self._timer: asyncio.TimerHandle | None = None
        self.length = _LONGEST
        """Keys after which an entry is whole."""
        self.idle = asyncio.Event()
        """Set while no entry has begun."""
        self.idle.set()

    def press(self, key: str) -> None:
        """Take the next key."""
        self.close()
        if key == "#":
            self._end()
        elif key == "*":
            self._entry = ""
            self.idle.set()
        else:
            self._entry += key
            self.idle.clear()
            if len(self._entry) >= self.length:
                self._end()
            else:
                self._timer = asyncio.get_running_loop().call_later(self._pause_s, self._end)

    def expect(self, length: int | None) -> None:
        """Take entries of `length` keys as whole; None where it is not known."""
        self.length = length or _LONGEST

    def close(self) -> None:
        """Stop waiting for the pause."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        entry, self._entry = self._entry, ""
        if entry:
            self._submit(entry)
        self.idle.set()
