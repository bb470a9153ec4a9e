"""Sentences of Chinese and English text."""

from __future__ import annotations

import re

_END = re.compile(
    r"(?<=[。！？；])(?![”」’』）)])|(?<=[。！？][”」’』）)])|(?<=[.!?][\"'”)])\s+|(?<=[.!?;])\s+(?=[^a-z\s])|\n+"
)
_LETTER = re.compile(r"[^\W_]", re.ASCII)
_MARKS = " \t-–•·*>#"


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in order, without list marks and blanks around them."""
    return [bare for part in _END.split(text) if part and (bare := part.strip().lstrip(_MARKS).strip())]


def clipped(text: str, most: int) -> str:
    """Return a text of at most `most` characters, which ends between words and in "…" where something was left out."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    if _LETTER.match(text[most - 1]) and _LETTER.match(cut[-1]) and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return f"{cut.rstrip()}…"
