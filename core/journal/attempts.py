"""Failed identity checks, counted across conversations: opening another one gives no new guesses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Column, Float, Integer, String, Table, case, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from core.journal.store import METADATA, Store

_WINDOW_S = 3600.0
"""For which a failure counts; after as long without one, a subject begins anew."""

ATTEMPTS = Table(
    "identity_attempts",
    METADATA,
    Column("subject", String, primary_key=True),  # hashed: who was guessed at is nobody's business
    Column("failed", Integer, nullable=False),
    Column("at", Float, nullable=False),
)


class StoreAttempts:
    """`core.dialogue.attempts.Attempts` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Count in `store`."""
        self._store = store

    async def failures(self, subjects: Sequence[str], now: float) -> int:
        """Return the most failures that one of the subjects has within the window."""
        keys = [_key(subject) for subject in subjects]
        query = select(func.max(ATTEMPTS.c.failed)).where(ATTEMPTS.c.subject.in_(keys), ATTEMPTS.c.at > now - _WINDOW_S)
        return await self._store.read(lambda connection: connection.execute(query).scalar() or 0)

    async def failed(self, subjects: Sequence[str], now: float) -> None:
        """Count a failure for each subject."""
        rows = [{"subject": _key(subject), "failed": 1, "at": now} for subject in subjects]
        if not rows:
            return
        statement = insert(ATTEMPTS).values(rows)
        fresh = case((ATTEMPTS.c.at > now - _WINDOW_S, ATTEMPTS.c.failed + 1), else_=1)
        counted = statement.on_conflict_do_update(index_elements=["subject"], set_={"failed": fresh, "at": now})
        await self._store.write(lambda connection: connection.execute(counted))

    async def passed(self, subjects: Sequence[str]) -> None:
        """Forget the failures of subjects who proved who they are."""
        keys = [_key(subject) for subject in subjects]
        await self._store.write(
            lambda connection: connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.subject.in_(keys)))
        )


def _key(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
