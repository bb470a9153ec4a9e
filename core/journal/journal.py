"""The journal on the store: what was accepted is kept, what was answered is written once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from core.errors import ZhangguiError
from core.journal.codec import decode, encode
from core.journal.prepared import Prepared, prepare
from core.journal.store import Store
from core.journal.tables import CONVERSATIONS, INBOX, OUTBOX, TURNS
from core.ports import Effect
from core.types import Identity, Language, Message, Reply, Session, Turn

_OPEN = prepare(
    insert_or_ignore(CONVERSATIONS)
    .values({name: bindparam(name) for name in ("id", "channel", "locale", "opened_at", "session", "version")})
    .on_conflict_do_nothing()
)
_ACCEPT = prepare(
    insert_or_ignore(INBOX)
    .values({name: bindparam(name) for name in ("id", "channel", "external_id", "conversation_id", "body")})
    .on_conflict_do_nothing(index_elements=["channel", "external_id"])
)
_SESSION = prepare(
    select(CONVERSATIONS.c.session, CONVERSATIONS.c.channel, CONVERSATIONS.c.locale).where(
        CONVERSATIONS.c.id == bindparam("conversation_id")
    )
)
_MOVE = prepare(
    update(CONVERSATIONS)
    .where(CONVERSATIONS.c.id == bindparam("conversation_id"), CONVERSATIONS.c.version == bindparam("before"))
    .values(session=bindparam("kept"), version=bindparam("after"))
)
_TURN = prepare(
    insert(TURNS).values(
        {name: bindparam(name) for name in ("id", "message_id", "conversation_id", "at", "outcome", "body")}
    )
)
_ANSWERED = prepare(update(INBOX).where(INBOX.c.id == bindparam("message_id")).values(turn_id=bindparam("answer_id")))
_POST = prepare(insert(OUTBOX).values({name: bindparam(name) for name in ("reply_id", "turn_id", "channel")}))
_UNDELIVERED = (
    select(OUTBOX.c.reply_id, TURNS.c.body)
    .join(TURNS, TURNS.c.id == OUTBOX.c.turn_id)
    .where(OUTBOX.c.channel == bindparam("channel"), OUTBOX.c.delivered_at.is_(None))
    .order_by(OUTBOX.c.seq)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))  # named, since SQLite's dialect writes one in any case
)
_WAITING = prepare(_UNDELIVERED)
_WAITING_IN = prepare(_UNDELIVERED.where(TURNS.c.conversation_id == bindparam("conversation_id")))
_DELIVERED = prepare(
    update(OUTBOX).where(OUTBOX.c.reply_id == bindparam("reply")).values(delivered_at=bindparam("now"))
)


class StaleSessionError(ZhangguiError):
    """Another turn of the conversation was committed meanwhile; nothing was written."""


class StoreJournal:
    """`core.ports.Journal` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Write to `store`, which outlives the journal."""
        self._store = store

    async def open(
        self, conversation_id: str, *, channel: str, locale: Language | None = None, identity: Identity | None = None
    ) -> None:
        """Record a conversation, for the customer who is logged in if any; nothing happens when it is already here."""
        begun = Session(conversation_id=conversation_id, channel=channel, language=locale, identity=identity)
        kept = encode(begun) if identity else None
        await self._store.write(lambda connection: _open(connection, conversation_id, channel, locale, kept))

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
        return await self._store.read(
            lambda connection: tuple(decode(body, Message) for body in connection.execute(query).scalars())
        )

    async def session(self, conversation_id: str) -> Session:
        """Return the session as of the last committed turn, a fresh one for a new conversation."""
        return await self._store.read(partial(_session, conversation_id))

    async def commit(self, turn: Turn, session: Session, effects: Sequence[Effect]) -> None:
        """Write turn, session, effects and outbox in one transaction.

        `session.version` is the number of turns including this one. Raises `StaleSessionError` when
        the conversation moved on meanwhile.
        """
        await self._store.write(_committing(turn, session, effects))

    async def played(self, turn_id: str, words: str) -> None:
        """Note that of a turn's replies only `words` were heard: on the turn, and on the session where it is the last.

        Nothing happens for a turn that is not here.
        """
        await self._store.write(partial(_note_played, turn_id, words))

    async def turn_of(self, message_id: str) -> Turn | None:
        """Return the turn that answered a message."""
        return await self._turn_by(select(TURNS.c.body).where(TURNS.c.message_id == message_id))

    async def turn(self, turn_id: str) -> Turn | None:
        """Return a turn by its own id."""
        return await self._turn_by(select(TURNS.c.body).where(TURNS.c.id == turn_id))

    async def last_turn(self, conversation_id: str = "", *, before: str = "") -> Turn | None:
        """Return the newest turn: of all, of one conversation, or of those before turn `before`."""
        query = select(TURNS.c.body).order_by(TURNS.c.seq.desc()).limit(1)
        if conversation_id:
            query = query.where(TURNS.c.conversation_id == conversation_id)
        if before:
            query = query.where(TURNS.c.seq < select(TURNS.c.seq).where(TURNS.c.id == before).scalar_subquery())
        return await self._turn_by(query)

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        """Return the turns of a conversation, oldest first; those after turn `after` only."""
        query = select(TURNS.c.body).where(TURNS.c.conversation_id == conversation_id).order_by(TURNS.c.seq)
        if after:
            query = query.where(TURNS.c.seq > select(TURNS.c.seq).where(TURNS.c.id == after).scalar_subquery())
        return await self._store.read(
            lambda connection: tuple(decode(body, Turn) for body in connection.execute(query).scalars())
        )

    async def awaiting(self, channel: str) -> tuple[str, ...]:
        """Return the conversations with replies that the channel has not delivered, the longest waiting first."""
        query = (
            select(TURNS.c.conversation_id)
            .join(OUTBOX, TURNS.c.id == OUTBOX.c.turn_id)
            .where(OUTBOX.c.channel == channel, OUTBOX.c.delivered_at.is_(None))
            .group_by(TURNS.c.conversation_id)
            .order_by(func.min(OUTBOX.c.seq))
        )
        return await self._store.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def undelivered(
        self, channel: str, *, conversation_id: str = "", limit: int = 500
    ) -> tuple[tuple[Turn, Reply], ...]:
        """Return at most `limit` replies that the channel has not delivered, oldest first.

        With `conversation_id` only that conversation's.
        """
        statement = _WAITING_IN if conversation_id else _WAITING
        values = {"channel": channel, "conversation_id": conversation_id, "limit": limit, "offset": 0}
        return await self._store.read(partial(_waiting, statement, values))

    async def delivered(self, reply_id: str) -> None:
        """Mark a reply as delivered."""
        values = {"reply": reply_id, "now": time.time()}
        await self._store.write(lambda connection: _ran(_DELIVERED, connection, values))

    async def _turn_by(self, query: Select[str]) -> Turn | None:
        body = await self._store.read(lambda connection: connection.execute(query).scalar())
        return decode(body, Turn) if body else None


def _waiting(
    statement: Prepared, values: Mapping[str, object], connection: Connection
) -> tuple[tuple[Turn, Reply], ...]:
    rows = [(decode(body, Turn), reply_id) for reply_id, body in statement.run(connection, values).fetchall()]
    return tuple((turn, reply) for turn, wanted in rows for reply in turn.replies if reply.id == wanted)


def _session(conversation_id: str, connection: Connection) -> Session:
    row = _SESSION.run(connection, {"conversation_id": conversation_id}).fetchone()
    if row is None:
        return Session(conversation_id=conversation_id)
    kept, channel, locale = row
    if kept is None:  # until the customer's own words tell, the page's language is the best guess
        return Session(conversation_id=conversation_id, channel=channel, language=locale)
    return decode(kept, Session)


def _open(
    connection: Connection, conversation_id: str, channel: str, locale: Language | None, session: str | None = None
) -> None:
    row = {
        "id": conversation_id,
        "channel": channel,
        "locale": locale,
        "opened_at": time.time(),
        "session": session,
        "version": 0,
    }
    _ran(_OPEN, connection, row)


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
        return _ran(_ACCEPT, connection, row) == 1

    return work


def _committing(turn: Turn, session: Session, effects: Sequence[Effect]) -> Callable[[Connection], None]:
    row = {
        "id": turn.id,
        "message_id": turn.message.id,
        "conversation_id": session.conversation_id,
        "at": time.time(),
        "outcome": turn.outcome,
        "body": encode(turn),
    }
    moved = {
        "conversation_id": session.conversation_id,
        "before": session.version - 1,
        "after": session.version,
        "kept": encode(session),
    }

    def work(connection: Connection) -> None:
        if _ran(_MOVE, connection, moved) != 1:
            raise StaleSessionError(f"conversation {session.conversation_id} is past version {session.version - 1}")
        _ran(_TURN, connection, row)
        _ran(_ANSWERED, connection, {"message_id": turn.message.id, "answer_id": turn.id})
        for reply in turn.replies:
            _ran(_POST, connection, {"reply_id": reply.id, "turn_id": turn.id, "channel": turn.message.channel})
        for effect in effects:
            effect.apply(connection)

    return work


def _note_played(turn_id: str, words: str, connection: Connection) -> None:
    body = connection.execute(select(TURNS.c.body).where(TURNS.c.id == turn_id)).scalar()
    if body is None:
        return
    turn = replace(decode(body, Turn), heard=words)
    connection.execute(update(TURNS).where(TURNS.c.id == turn_id).values(body=encode(turn)))
    conversation_id = turn.message.conversation_id
    of_conversation = select(TURNS.c.id).where(TURNS.c.conversation_id == conversation_id)
    if connection.execute(of_conversation.order_by(TURNS.c.seq.desc()).limit(1)).scalar() == turn_id:
        session = replace(_session(conversation_id, connection), heard=words)
        kept = update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)
        connection.execute(kept.values(session=encode(session)))


def _ran(statement: Prepared, connection: Connection, values: Mapping[str, object]) -> int:
    """Run a statement; return how many rows it wrote."""
    written: int = statement.run(connection, values).rowcount
    return written
