"""Marks in a text for the ear: a pause, letters one by one, slowly. What looks like one and is none is not said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r"\[\s*(/?)\s*(pause|spell|slow)\b([^\[\]\n]*)\]", re.IGNORECASE)
_SLOWLY = 0.75
_PAUSE_S = 0.5
"""Of `[pause]` without a length."""
_LONGEST_S = 3.0
"""Longer silence on a line is taken for the end of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Words, or a pause."""

    text: str = ""
    speed: float = 1.0
    """Of the words, as a factor."""
    pause_s: float = 0.0


def marked(text: str) -> Iterator[Part]:
    """Yield the parts of a text with marks: `[pause 0.3]`, `[spell W123]`, `[slow]...[/slow]`.

    A `[slow]` that is never closed ends with the text; marks that are malformed are left out.
    """
    words, speed, at = "", 1.0, 0
    for mark in _MARK.finditer(text):
        words, at = words + text[at : mark.start()], mark.end()
        name = mark[2].lower()
        if name == "spell" and not mark[1]:
            words += f" {spelled(mark[3])} "
            continue
        if words.strip() and name != "spell":
            yield Part(text=words, speed=speed)
            words = ""
        if name == "slow":
            speed = 1.0 if mark[1] else _SLOWLY
        elif name == "pause" and (length := _seconds(mark[3])) > 0:
            yield Part(pause_s=length)
    words += text[at:]
    if words.strip():
        yield Part(text=words, speed=speed)


def spelled(word: str) -> str:
    """Return letters and digits with a space between, which both languages read one by one: "W 1 2 3"."""
    return " ".join(sign.upper() for sign in word if sign.isalnum())


def _seconds(written: str) -> float:
    number = written.strip().removesuffix("s")
    if not number:
        return _PAUSE_S
    return min(_LONGEST_S, float(number)) if re.fullmatch(r"\d{1,3}(\.\d{1,3})?", number) else 0.0
