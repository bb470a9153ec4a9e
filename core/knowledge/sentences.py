"""Sentences of Chinese and English text."""

from __future__ import annotations

import re

_END = re.compile(
    r"(?<=[。！？；])(?![”」’』）)])|(?<=[。！？][”」’』）)])|(?<=[.!?][\"'”)])\s+|(?<=[.!?;])\s+(?=[^a-z\s])|\n+"
)
_MARKS = " \t-–•·*>#"


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in order, without list marks and blanks around them."""
    return [bare for part in _END.split(text) if part and (bare := part.strip().lstrip(_MARKS).strip())]
