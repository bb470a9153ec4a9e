"""What was heard last, so that the same speech is not decoded twice."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeAlias

from core.types import Expect, Language, Transcript

Asked: TypeAlias = tuple[bytes, Language | None, str, Expect]
"""The fingerprint of the speech, and how it was to be heard."""
_KEPT = 16
"""A call asks at its first pause, and again when the pause has become the end; of so many calls at once."""


@dataclass(frozen=True, slots=True)
class Recent:
    """The last transcripts by what was asked; safe to use from several threads."""

    _kept: OrderedDict[Asked, Transcript] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, asked: Asked) -> Transcript | None:
        """Return what was heard then; None where that was long ago or never."""
        with self._lock:
            return self._kept.get(asked)

    def keep(self, asked: Asked, heard: Transcript) -> Transcript:
        """Keep a transcript and return it."""
        with self._lock:
            self._kept[asked] = heard
            self._kept.move_to_end(asked)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return heard
