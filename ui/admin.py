"""What the staff's API shows, read from the record and the shop."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, func, select

from core.generation.desk import DeskTranslator
from core.journal.codec import decode
from core.journal.store import Store
from core.journal.tables import CONVERSATIONS, TURNS
from core.shop.tables import HANDOFFS, TICKETS
from core.types import Language, Screening, Turn, spoken_text
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
        """Return the latest tickets, newest first, each with its facts and with where its photos are."""
        columns = (
            TICKETS.c.number,
            TICKETS.c.kind,
            TICKETS.c.summary,
            TICKETS.c.customer_id,
            TICKETS.c.at,
            TICKETS.c.body,
        )
        rows = await self._rows(select(*columns).order_by(TICKETS.c.at.desc()).limit(limit))
        bodies = [json.loads(row.pop("body")) for row in rows]
        talks = {str(body.get("conversation_id", "")) for body in bodies if body.get("photos")}
        sent = await self.store.read(lambda connection: _sent_in(connection, talks)) if talks else {}
        return [{**row, **_of_ticket(body, sent)} for row, body in zip(rows, bodies, strict=True)]

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
        shown |= _screened(part.sha256, decided.get(part.id))
    return {"message": message, **turn_as_json(turn, _address)}


def _screened(sha256: str, screening: Screening | None) -> dict[str, Any]:
    """Return what the house's check said of a photo, and only where to ask for it if it is withheld."""
    if screening is None:
        return {}
    withheld = {"url": "", "withheld": _ask_at(sha256)} if screening.is_withheld else {}
    return {"screening": asdict(screening), **withheld}


_Sent: TypeAlias = Mapping[tuple[str, str], Screening | None]
"""Conversation and content address of each photo that was sent in it -> what the check said of it."""


def _sent_in(connection: Connection, conversations: Collection[str]) -> _Sent:
    """Read which photos were sent in conversations; one that was withheld once stays so when it is sent again."""
    sent: dict[tuple[str, str], Screening | None] = {}
    query = select(TURNS.c.body).where(TURNS.c.conversation_id.in_(conversations)).order_by(TURNS.c.seq)
    for (body,) in connection.execute(query):
        turn = decode(body, Turn)
        decided = {one.attachment_id: one for one in turn.percept.screenings}
        for part in turn.message.attachments:
            key = (turn.message.conversation_id, part.sha256)
            before = sent.get(key)
            sent[key] = before if before and before.is_withheld else decided.get(part.id)
    return sent


def _of_ticket(body: Mapping[str, Any], sent: _Sent) -> dict[str, Any]:
    """Return what stands in a ticket beside its summary; "" and nothing where it does not say."""
    conversation_id = str(body.get("conversation_id", ""))
    return {
        "order_id": str(body.get("order_id", "")),
        "conversation_id": conversation_id,
        "facts": {str(name): str(value) for name, value in body.get("facts", {}).items()},
        "photos": [_photo(str(sha256), conversation_id, sent) for sha256 in body.get("photos", ())],
    }


def _photo(sha256: str, conversation_id: str, sent: _Sent) -> dict[str, Any]:
    """Return where a ticket's photo lies; one of which the record knows nothing is withheld, for it may have been."""
    if (conversation_id, sha256) not in sent:
        return {"url": "", "withheld": _ask_at(sha256)}
    return {"url": _address(sha256), **_screened(sha256, sent[conversation_id, sha256])}


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


def _ask_at(sha256: str) -> str:
    return f"/v1/admin/media/{sha256}"


def _address(sha256: str) -> str:
    return f"sha256:{sha256}"


def _shown(key: str, value: Any) -> Any:
    """Return a time as ISO 8601; everything else as it is."""
    if value is not None and (key == "at" or key.endswith("_at")):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return value
