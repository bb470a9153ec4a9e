"""Who has guessed too often at who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.shop.keys import name_key, phone_key
from core.types import Message


class Attempts(Protocol):
    """Failed identity checks by subject, across conversations (`core.journal.attempts` keeps them)."""

    async def failures(self, subjects: Sequence[str], now: float) -> int:
        """Return the most failures that one of the subjects has lately."""
        ...

    async def failed(self, subjects: Sequence[str], now: float) -> None:
        """Count a failure for each subject."""
        ...

    async def passed(self, subjects: Sequence[str]) -> None:
        """Forget the failures of subjects who proved who they are."""
        ...


class NoAttempts:
    """Count within a conversation only, where there is no store."""

    async def failures(self, subjects: Sequence[str], now: float) -> int:
        """Return 0."""
        return 0

    async def failed(self, subjects: Sequence[str], now: float) -> None:
        """Count nothing."""

    async def passed(self, subjects: Sequence[str]) -> None:
        """Forget nothing."""


NO_ATTEMPTS = NoAttempts()


def sender(message: Message) -> tuple[str, ...]:
    """Return the subject of who sends, where the channel knows them beyond one conversation."""
    known = message.sender_id and message.sender_id != message.conversation_id and message.channel != "terminal"
    return (f"sender:{message.channel}:{message.sender_id}",) if known else ()


def named(name: str) -> tuple[str, ...]:
    """Return the subject of a customer's name, which zips could be guessed for."""
    return (f"name:{name_key(name)}",) if name_key(name) else ()


def calling(number: str) -> tuple[str, ...]:
    """Return the subject of a caller's number, which facts could be guessed for."""
    return (f"caller:{phone_key(number)}",) if phone_key(number) else ()
