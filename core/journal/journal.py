"""The journal on the store: what was accepted is kept, what was answered is written once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from core.errors import ZhangguiError
from core.journal.codec import decode, encode
from core.journal.store import Store
from core.journal.tables import CONVERSATIONS, INBOX, OUTBOX, TURNS
from core.ports import Effect
from core.types import Language, Message, Reply, Session, Turn


class StaleSessionError(ZhangguiError):
    """Another turn of the conversation was committed meanwhile; nothing was written."""


class StoreJournal:
    """`core.ports.Journal` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Write to `store`, which outlives the journal."""
        self._store = store

    async def open(self, conversation_id: str, *, channel: str, locale: Language | None = None) -> None:
        """Record a conversation; nothing happens when it is already here."""
        await self._store.write(lambda connection: _open(connection, conversation_id, channel, locale))

    async def is_open(self, conversation_id: str) -> bool:
        """Return whether the conversation is known."""
        query = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == conversation_id)
        return await self._store.read(lambda connection: connection.execute(query).first() is not None)

    async def accept(self, message: Message) -> bool:
        """Commit a message, opening its conversation; False when its dedupe key is already here."""
        return await self._store.write(_accepting(message))

    async def find(self, channel: str, external_id: str) -> Message | None:
        """Return the message with this dedupe key."""
        query = select(INBOX.c.body).where(INBOX.c.channel == channel, INBOX.c.external_id == external_id)
        body = await self._store.read(lambda connection: connection.execute(query).scalar())
        return decode(body, Message) if body else None

    async def pending(self) -> tuple[Message, ...]:
        """Return accepted messages without a turn, oldest first."""
        query = select(INBOX.c.body).where(INBOX.c.turn_id.is_(None)).order_by(INBOX.c.seq)
        bodies = await self._store.read(lambda connection: connection.execute(query).scalars().all())
        return tuple(decode(body, Message) for body in bodies)

    async def session(self, conversation_id: str) -> Session:
        """Return the session as of the last committed turn, a fresh one for a new conversation."""
        query = select(CONVERSATIONS.c.session, CONVERSATIONS.c.channel).where(CONVERSATIONS.c.id == conversation_id)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        if row is None or row.session is None:
            return Session(conversation_id=conversation_id, channel=row.channel if row else "")
        return decode(row.session, Session)

    async def commit(self, turn: Turn, session: Session, effects: Sequence[Effect]) -> None:
        """Write turn, session, effects and outbox in one transaction.

        `session.version` is the number of turns including this one. Raises `StaleSessionError` when
        the conversation moved on meanwhile.
        """
        await self._store.write(_committing(turn, session, effects))

    async def turn_of(self, message_id: str) -> Turn | None:
        """Return the turn that answered a message."""
        query = select(TURNS.c.body).where(TURNS.c.message_id == message_id)
        body = await self._store.read(lambda connection: connection.execute(query).scalar())
        return decode(body, Turn) if body else None

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        """Return the turns of a conversation, oldest first; those after turn `after` only."""
        query = select(TURNS.c.body).where(TURNS.c.conversation_id == conversation_id).order_by(TURNS.c.seq)
        if after:
            query = query.where(TURNS.c.seq > select(TURNS.c.seq).where(TURNS.c.id == after).scalar_subquery())
        bodies = await self._store.read(lambda connection: connection.execute(query).scalars().all())
        return tuple(decode(body, Turn) for body in bodies)

    async def undelivered(self, channel: str) -> tuple[tuple[Turn, Reply], ...]:
        """Return replies that the channel has not delivered, oldest first."""
        query = (
            select(OUTBOX.c.reply_id, TURNS.c.body)
            .join(TURNS, TURNS.c.id == OUTBOX.c.turn_id)
            .where(OUTBOX.c.channel == channel, OUTBOX.c.delivered_at.is_(None))
            .order_by(OUTBOX.c.seq)
            .limit(500)
        )
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        waiting = [(decode(body, Turn), reply_id) for reply_id, body in rows]
        return tuple((turn, reply) for turn, wanted in waiting for reply in turn.replies if reply.id == wanted)

    async def delivered(self, reply_id: str) -> None:
        """Mark a reply as delivered."""
        change = update(OUTBOX).where(OUTBOX.c.reply_id == reply_id).values(delivered_at=time.time())
        await self._store.write(lambda connection: connection.execute(change))


def _open(connection: Connection, conversation_id: str, channel: str, locale: Language | None) -> None:
    connection.execute(
        insert_or_ignore(CONVERSATIONS).on_conflict_do_nothing(),
        {"id": conversation_id, "channel": channel, "locale": locale, "opened_at": time.time(), "version": 0},
    )


def _accepting(message: Message) -> Callable[[Connection], bool]:
    row = {
        "id": message.id,
        "channel": message.channel,
        "external_id": message.external_id,
        "conversation_id": message.conversation_id,
        "body": encode(message),
    }

    def work(connection: Connection) -> bool:
        _open(connection, message.conversation_id, message.channel, message.locale)
        statement = insert_or_ignore(INBOX).on_conflict_do_nothing(index_elements=["channel", "external_id"])
        return connection.execute(statement, row).rowcount == 1

    return work


def _committing(turn: Turn, session: Session, effects: Sequence[Effect]) -> Callable[[Connection], None]:
    turn_row: dict[str, Any] = {
        "id": turn.id,
        "message_id": turn.message.id,
        "conversation_id": session.conversation_id,
        "at": time.time(),
        "outcome": turn.outcome,
        "body": encode(turn),
    }
    outbox = [{"reply_id": reply.id, "turn_id": turn.id, "channel": turn.message.channel} for reply in turn.replies]
    kept = encode(session)

    def work(connection: Connection) -> None:
        moved = connection.execute(
            update(CONVERSATIONS)
            .where(CONVERSATIONS.c.id == session.conversation_id, CONVERSATIONS.c.version == session.version - 1)
            .values(session=kept, version=session.version)
        )
        if moved.rowcount != 1:
            raise StaleSessionError(f"conversation {session.conversation_id} is past version {session.version - 1}")
        connection.execute(insert(TURNS), turn_row)
        connection.execute(update(INBOX).where(INBOX.c.id == turn.message.id).values(turn_id=turn.id))
        if outbox:
            connection.execute(insert(OUTBOX), outbox)
        for effect in effects:
            effect.apply(connection)

    return work
