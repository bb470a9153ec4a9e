"""Notice a model that says the same again and again."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST = 60
"""Characters of a phrase that is looked for."""
_SHORTEST = 4
"""Shorter runs count by their length: "哈哈哈哈" may be meant."""
_TIMES = 4
_LEAST_CHARS = 24
"""What is said again must come to as much in all: "10, 10, 10" in a table is none."""
_KEPT = _LONGEST * (_TIMES + 1)


@dataclass(slots=True)
class Repetition:
    """The end of an answer in the making."""

    _tail: str = ""

    def goes_in_circles(self, text: str) -> bool:
        """Return whether the answer, with `text` added, ends in one phrase four times over."""
        if not text:
            return False
        self._tail = (self._tail + text)[-_KEPT:]
        for length in range(_SHORTEST, _LONGEST + 1):
            if length * _TIMES > len(self._tail):
                return False
            times = max(_TIMES, -(-_LEAST_CHARS // length))
            phrase = self._tail[-length:]
            if phrase.strip() and self._tail.endswith(phrase * times):
                return True
        return False
