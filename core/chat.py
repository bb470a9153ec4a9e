"""What passes between the house and a language model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    """JPEG files that are shown before the words. A prompt is never kept, so that they may be inline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer cost, in tokens of the model's own."""

    prompt: int = 0
    cached: int = 0
    """Of the prompt's, those that the model had read before."""
    completion: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of an answer; the last one carries what it cost, where the backend counts."""

    text: str = ""
    usage: Usage | None = None
    cut: bool = False
    """Whether the answer ends here because it became too long, and not because it was at its end."""
