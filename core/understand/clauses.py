"""Take a message with several requests apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRONG = re.compile(
    r"[。？！?!;；\n]+|(?<=[A-Za-z])\.\s+"
    r"|[,，]?\s*(?:顺便|另外|还有(?!没有|货|吗|多|哪|什么|几)|再(?:就是|问一?下|帮我)|对了|以及)"
    r"|[,，]?\s*\b(?:and(?: also)?|also|plus|by the way|btw|oh and)\b\s*",
    re.IGNORECASE,
)
"""Where a new request may well begin."""
_WEAK = re.compile(r"[,，、]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""Where it may, or where the same one goes on."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a message."""

    text: str
    strong: bool
    """Whether it is set off by more than a comma from what stands before and after it."""


def clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a message in order, without what separates them."""
    found = []
    for stretch in _STRONG.split(text):
        parts = [part.strip() for part in _WEAK.split(stretch) if part.strip()]
        found += [Clause(part, len(parts) == 1) for part in parts]
    return tuple(found)
