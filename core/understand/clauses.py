"""Take a message with several requests apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRONG = re.compile(
    r"[。？！?!;；\n]+|(?<=[A-Za-z])\.\s+|(?:^|\s)[(（]?[1-9][.)、）]\s*(?=[A-Za-z\u4e00-\u9fff])"
    r"|[,，]?\s*(?:顺便|顺带|另外|此外|然后|接着|接下来|同时(?=把|帮|给|也|还|再|查|取消|退|换|改)|还有(?!没有|货|吗"
    r"|多|哪|什么|几)|还想(?=问|要|查|改|退|换)"
    r"|再(?:就是|问一?下|帮我)|再(?=给我|查|把|取消|退|换|改)"
    r"|对了|以及|最后(?=帮|把|再|取消|退|换|改|查|开|问))"
    r"|[,，]?\s*\b(?:and(?: also| then)?|(?:I |i )?also|plus|by the way|btw|oh and|after that|then(?= (?:I|please|can"
    r"|could|cancel|return|change|track|send|tell"
    r"|exchange|refund|give|check))|as well as|(?:on|one) another (?:thing|note)|one more thing|another (?:thing"
    r"|question)|secondly|lastly|finally)\b[\s,:]*",
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
