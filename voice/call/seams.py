"""Where a conversation meets what a shop does with its calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from core.types import Language, Turn
from voice.call.phrases import Phrase

Say: TypeAlias = Callable[[Phrase], Awaitable[bool]]
"""Say a phrase to the caller in the language of the call."""

PutThrough: TypeAlias = Callable[[Turn, Language, Say], Awaitable[bool]]
"""Fetch a person after this turn; True once the caller and the person have talked and one of them hung up."""

Remark: TypeAlias = Callable[[str], Phrase | None]
"""Hear what a caller said; return the answer where it was about the call itself, and the clerk is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a person should do about a call that nobody could take."""

    key: str
    """The same key writes one ticket."""
    caller: str
    """The number to call back; empty when withheld."""
    summary: str
    conversation_id: str = ""


class WriteNote(Protocol):
    """Where notes go."""

    async def __call__(self, note: Note) -> str:
        """Write a ticket durably and return its number."""
        ...
