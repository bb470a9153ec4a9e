"""What the staff's API shows, read from the record and the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from core.journal.codec import decode
from core.journal.store import Store
from core.journal.tables import CONVERSATIONS, TURNS
from core.shop.tables import HANDOFFS, TICKETS
from core.types import Turn
from core.wire import message_as_json, turn_as_json


@dataclass(frozen=True, slots=True)
class StoreViews:
    """`channels.web.house.AdminViews` on the store."""

    store: Store

    async def conversations(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest conversations, newest first."""
        last = (
            select(TURNS.c.conversation_id, func.max(TURNS.c.at).label("last_turn_at"), func.count().label("turns"))
            .group_by(TURNS.c.conversation_id)
            .subquery()
        )
        query = (
            select(
                CONVERSATIONS.c.id,
                CONVERSATIONS.c.channel,
                CONVERSATIONS.c.opened_at,
                last.c.last_turn_at,
                last.c.turns,
            )
            .outerjoin(last, last.c.conversation_id == CONVERSATIONS.c.id)
            .order_by(func.coalesce(last.c.last_turn_at, CONVERSATIONS.c.opened_at).desc())
            .limit(limit)
        )
        return await self._rows(query)

    async def conversation(self, conversation_id: str) -> Mapping[str, Any] | None:
        """Return one conversation with its turns, oldest first; None when it is unknown."""
        found = await self._rows(
            select(CONVERSATIONS.c.id, CONVERSATIONS.c.channel, CONVERSATIONS.c.opened_at).where(
                CONVERSATIONS.c.id == conversation_id
            )
        )
        if not found:
            return None
        bodies = await self._rows(
            select(TURNS.c.body).where(TURNS.c.conversation_id == conversation_id).order_by(TURNS.c.seq)
        )
        turns = [decode(row["body"], Turn) for row in bodies]
        return {**found[0], "turns": [_exchange(turn) for turn in turns]}

    async def tickets(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest tickets, newest first."""
        columns = (TICKETS.c.number, TICKETS.c.kind, TICKETS.c.summary, TICKETS.c.customer_id, TICKETS.c.at)
        return await self._rows(select(*columns).order_by(TICKETS.c.at.desc()).limit(limit))

    async def handoffs(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls for a person, newest first."""
        columns = (HANDOFFS.c.key, HANDOFFS.c.summary, HANDOFFS.c.customer_id, HANDOFFS.c.at)
        return await self._rows(select(*columns).order_by(HANDOFFS.c.at.desc()).limit(limit))

    async def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        rows = await self.store.read(lambda connection: connection.execute(query).mappings().all())
        return [{key: _shown(key, value) for key, value in row.items()} for row in rows]


def _exchange(turn: Turn) -> dict[str, Any]:
    return {
        "message": message_as_json(turn.message, _address),
        **turn_as_json(turn, _address),
    }


def _address(sha256: str) -> str:
    return f"sha256:{sha256}"


def _shown(key: str, value: Any) -> Any:
    """Return a time as ISO 8601; everything else as it is."""
    if value is not None and (key == "at" or key.endswith("_at")):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return value
