"""How loud the caller is, and how loud the room: what is said elsewhere in the café interrupts nobody."""

from __future__ import annotations

import numpy as np

from core.ports import Pcm

_FLOOR_DB = -70.0
_FALL, _RISE = 0.2, 0.004
"""Share of the way that the room's level goes in a window of 32 ms: down in a moment, up in eight seconds."""
_SETTLES, _AT_FIRST = 30, 0.2
"""Windows (1 s) at the beginning of a call in which the room becomes known, and the share of the way up in them."""
_ABOVE_ROOM_DB = 9.0
"""Speech to us stands out of the room by at least this much."""
_BELOW_CALLER_DB = 15.0
"""And is not softer than the caller was before by more than this."""
_CALLER = 0.05


class Level:
    """Follow one line, a window of 32 ms at a time."""

    def __init__(self) -> None:
        """Begin in a silent room with an unknown caller."""
        self._room_db = _FLOOR_DB
        self._windows = 0
        self._caller_db: float | None = None

    def stands_out(self, window: Pcm, *, is_speech: bool) -> bool:
        """Take the next window and return whether it is loud enough to be the caller."""
        db = 10 * float(np.log10(np.mean(np.square(window, dtype=np.float64)) + 1e-7))
        self._windows += 1
        rise = _AT_FIRST if self._windows <= _SETTLES else _RISE
        self._room_db += (db - self._room_db) * (_FALL if db < self._room_db else rise)
        is_above = db >= self._room_db + _ABOVE_ROOM_DB
        if is_speech and is_above:
            self._caller_db = db if self._caller_db is None else self._caller_db + (db - self._caller_db) * _CALLER
        return is_above and (self._caller_db is None or db >= self._caller_db - _BELOW_CALLER_DB)
