"""A stretch of the text that means something."""

from __future__ import annotations

import re

from core.types import Entity


def entity(kind: str, value: str, found: re.Match[str], group: int | str = 0) -> Entity:
    """Return an entity that stands where `group` of the match stands."""
    return Entity(kind=kind, value=value, text=found.group(group), start=found.start(group), end=found.end(group))


def piece(kind: str, value: str, text: str, start: int, end: int) -> Entity:
    """Return an entity that stands at `start` to `end` of the whole `text`."""
    return Entity(kind=kind, value=value, text=text[start:end], start=start, end=end)
