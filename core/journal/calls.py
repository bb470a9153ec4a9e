"""The record of calls: what happened in each, where its recording lies, and who listened to it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, String, Table, Text, delete, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from core.journal.store import METADATA, Store
from core.shop.keys import phone_key

CALLS = Table(
    "calls",
    METADATA,
    Column("id", String, primary_key=True),
    Column("number", String, nullable=False, index=True),  # folded, as `phone_key` does
    Column("conversation_id", String, nullable=False, index=True),
    Column("began_at", Float, nullable=False, index=True),
    Column("ended_at", Float),
    Column("recording", String, nullable=False, default=""),
    Column("body", Text, nullable=False),
)
"""Sound is never here: `recording` is the name of a file."""

CALL_AUDIT = Table(
    "call_audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String, nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("deed", String, nullable=False),
    Column("by", String, nullable=False),
)
"""Who did what with a recording: it outlives the call that it speaks of."""


class StoreCalls:
    """The calls in a `Store`."""

    def __init__(self, store: Store) -> None:
        """Keep calls in `store`."""
        self._store = store

    async def keep(self, call: Mapping[str, Any]) -> None:
        """Store a call, JSON as `CallRecord.as_json` gives it, in place of what was stored of it before."""
        row = {
            "id": call["call_id"],
            "number": phone_key(call["caller"]) or call["caller"],
            "conversation_id": call["conversation_id"],
            "began_at": datetime.fromisoformat(call["began_at"]).timestamp(),
            "ended_at": call["ended_at"] and datetime.fromisoformat(call["ended_at"]).timestamp(),
            "recording": call["recording"],
            "body": json.dumps(call, ensure_ascii=False),
        }
        changed = {name: value for name, value in row.items() if name != "id"}
        statement = insert_or_update(CALLS).values(row).on_conflict_do_update(index_elements=["id"], set_=changed)
        await self._store.write(lambda connection: connection.execute(statement))

    async def calls(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls, newest first."""
        query = select(CALLS.c.body).order_by(CALLS.c.began_at.desc()).limit(limit)
        return await self._store.read(lambda on: [json.loads(body) for body in on.execute(query).scalars()])

    async def call(self, call_id: str) -> Mapping[str, Any] | None:
        """Return one call with what was done with its recording; None when it is unknown."""
        query = select(CALLS.c.body).where(CALLS.c.id == call_id)
        deeds = select(CALL_AUDIT.c.at, CALL_AUDIT.c.deed, CALL_AUDIT.c.by).where(CALL_AUDIT.c.call_id == call_id)

        def work(connection: Connection) -> Mapping[str, Any] | None:
            body = connection.execute(query).scalar()
            audit = [dict(row) for row in connection.execute(deeds.order_by(CALL_AUDIT.c.seq)).mappings()]
            return {**json.loads(body), "audit": audit} if body else None

        return await self._store.read(work)

    async def note(self, call_id: str, deed: str, by: str) -> None:
        """Write down who did what with a recording, before it is done."""
        row = {"call_id": call_id, "at": time.time(), "deed": deed, "by": by}
        await self._store.write(lambda connection: connection.execute(insert(CALL_AUDIT), row))

    async def mend(self) -> int:
        """Close the calls that an earlier run left open, and return how many; only who serves the lines may."""
        query = select(CALLS.c.id, CALLS.c.body, CALLS.c.began_at).where(CALLS.c.ended_at.is_(None))

        def work(connection: Connection) -> int:
            rows = connection.execute(query).all()
            for row in rows:
                body = {**json.loads(row.body), "ended": "the clerk was stopped"}
                changed = {"ended_at": row.began_at, "body": json.dumps(body, ensure_ascii=False)}
                connection.execute(update(CALLS).where(CALLS.c.id == row.id).values(changed))
            return len(rows)

        return await self._store.write(work)

    async def recordings(self) -> frozenset[str]:
        """Return the names of all recordings that are kept."""
        query = select(CALLS.c.recording).where(CALLS.c.recording != "")
        return await self._store.read(lambda connection: frozenset(connection.execute(query).scalars()))

    async def expire(self, *, recordings_before: float, calls_before: float) -> int:
        """Forget recordings and calls that began before so many seconds since 1970; return how many recordings.

        The files go afterwards: those that `recordings` no longer names.
        """
        old = (CALLS.c.began_at < recordings_before) & (CALLS.c.recording != "")

        def work(connection: Connection) -> int:
            gone = _without_recordings(connection, old, "expired", "retention")
            connection.execute(delete(CALLS).where(CALLS.c.began_at < calls_before))
            return gone

        return await self._store.write(work)

    async def erase(self, *, number: str = "", call_id: str = "") -> int:
        """Forget the calls of a telephone number, or one call, and return how many; recordings go as well."""
        those = or_(
            (CALLS.c.number == (phone_key(number) or number)) & (CALLS.c.number != ""),
            CALLS.c.id == call_id,
        )

        def work(connection: Connection) -> int:
            _without_recordings(connection, those & (CALLS.c.recording != ""), "erased", "the shop")
            return connection.execute(delete(CALLS).where(those)).rowcount

        return await self._store.write(work)


def _without_recordings(connection: Connection, those: Any, deed: str, by: str) -> int:
    rows = connection.execute(select(CALLS.c.id, CALLS.c.body).where(those)).all()
    for row in rows:
        body = {**json.loads(row.body), "recording": "", "recording_sha256": ""}
        changed = {"recording": "", "body": json.dumps(body, ensure_ascii=False)}
        connection.execute(update(CALLS).where(CALLS.c.id == row.id).values(changed))
        connection.execute(insert(CALL_AUDIT), {"call_id": row.id, "at": time.time(), "deed": deed, "by": by})
    return len(rows)
