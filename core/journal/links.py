"""Codes by which a conversation goes on in another channel: single use, ten minutes."""

from __future__ import annotations

import hashlib
from functools import partial

from sqlalchemy import Column, Connection, Float, String, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from core.journal.codec import decode
from core.journal.store import METADATA, Store
from core.journal.tables import CONVERSATIONS
from core.types import Session

LIFE_S = 600.0
"""For which a code can be used."""
_KEPT_S = 24 * 3600.0
_MOST_AN_HOUR = 3
"""Codes that one conversation gets within an hour."""

LINKS = Table(
    "links",
    METADATA,
    Column("code", String, primary_key=True),  # hashed: who reads the record cannot use it
    Column("conversation_id", String, nullable=False, index=True),
    Column("made_at", Float, nullable=False),
    Column("used_by", String),
    Column("channel", String),
)


class StoreLinks:
    """`core.dialogue.linking.Links` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Keep codes in `store`, where the conversations are."""
        self._store = store

    async def make(self, code: str, conversation_id: str, now: float) -> bool:
        """Keep a code for a conversation; False when it had its share of codes lately, or the code is taken."""
        return await self._store.write(partial(_make, code, conversation_id, now))

    async def take(self, code: str, conversation_id: str, channel: str, now: float) -> Session | None:
        """Use a code up and return the session that it belongs to; None for one that is wrong, old or used."""
        return await self._store.write(partial(_take, code, conversation_id, channel, now))

    async def went_to(self, conversation_id: str) -> str:
        """Return the channel in which a conversation went on last, "" when it did not."""
        query = (
            select(LINKS.c.channel)
            .where(LINKS.c.conversation_id == conversation_id, LINKS.c.used_by.is_not(None))
            .order_by(LINKS.c.made_at.desc())
        )
        return await self._store.read(lambda connection: connection.execute(query).scalar() or "")


def _make(code: str, conversation_id: str, now: float, connection: Connection) -> bool:
    connection.execute(delete(LINKS).where(LINKS.c.made_at < now - _KEPT_S))
    lately = select(func.count()).where(LINKS.c.conversation_id == conversation_id, LINKS.c.made_at > now - 3600)
    if (connection.execute(lately).scalar() or 0) >= _MOST_AN_HOUR:
        return False
    row = {"code": _key(code), "conversation_id": conversation_id, "made_at": now}
    return connection.execute(insert(LINKS).values(row).on_conflict_do_nothing()).rowcount == 1


def _take(code: str, conversation_id: str, channel: str, now: float, connection: Connection) -> Session | None:
    usable = (
        LINKS.c.code == _key(code),
        LINKS.c.used_by.is_(None),
        LINKS.c.made_at > now - LIFE_S,
        LINKS.c.conversation_id != conversation_id,
    )
    origin = connection.execute(select(LINKS.c.conversation_id).where(*usable)).scalar()
    if origin is None:
        return None
    connection.execute(update(LINKS).where(*usable).values(used_by=conversation_id, channel=channel))
    kept = connection.execute(select(CONVERSATIONS.c.session).where(CONVERSATIONS.c.id == origin)).scalar()
    return decode(kept, Session) if kept else None


def _key(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
