"""What the staff's API shows, read from the record and the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from core.generation.desk import DeskTranslator
from core.journal.codec import decode
from core.journal.store import Store
from core.journal.tables import CONVERSATIONS, TURNS
from core.shop.tables import HANDOFFS, TICKETS
from core.types import Language, Turn, spoken_text
from core.wire import message_as_json, turn_as_json


@dataclass(frozen=True, slots=True)
class StoreViews:
    """`channels.web.house.AdminViews` on the store."""

    store: Store
    desk: DeskTranslator | None = None
    """Translates for the staff; None shows all as it was said."""

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

    async def conversation(self, conversation_id: str, *, language: Language | None = None) -> Mapping[str, Any] | None:
        """Return one conversation with its turns, oldest first; None when it is unknown.

        With a `language`, each message and each reply has its `translation` beside it.
        """
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
        shown = [_exchange(turn) for turn in turns]
        if language and self.desk:
            await _translate(self.desk, turns, shown, language)
        return {**found[0], "turns": shown}

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
    message = message_as_json(turn.message, _address)
    decided = {one.attachment_id: one for one in turn.percept.screenings}
    for part, shown in zip(turn.message.attachments, message["attachments"], strict=True):
        if (screening := decided.get(part.id)) is None:
            continue
        shown["screening"] = asdict(screening)
        if screening.is_withheld:
            shown |= {"url": "", "withheld": f"/v1/admin/media/{part.sha256}"}
    return {"message": message, **turn_as_json(turn, _address)}


async def _translate(
    desk: DeskTranslator, turns: Sequence[Turn], shown: Sequence[dict[str, Any]], language: Language
) -> None:
    """Put its translation beside each message and each reply."""
    beside: list[tuple[dict[str, Any], str]] = []
    for turn, exchange in zip(turns, shown, strict=True):
        beside.append((exchange["message"], spoken_text(turn.message, turn.percept)))
        beside += [(told, reply.text) for told, reply in zip(exchange["replies"], turn.replies, strict=True)]
    conversation_id = turns[0].message.conversation_id if turns else ""
    translations = await desk.translate([text for _, text in beside], language, conversation_id=conversation_id)
    for (place, _), translation in zip(beside, translations, strict=True):
        place["translation"] = asdict(translation)


def _address(sha256: str) -> str:
    return f"sha256:{sha256}"


def _shown(key: str, value: Any) -> Any:
    """Return a time as ISO 8601; everything else as it is."""
    if value is not None and (key == "at" or key.endswith("_at")):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return value
