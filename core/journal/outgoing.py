"""Calls to be made: each once, tried again with patience, and never to who does not want it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from core.errors import ConfigError
from core.journal.store import METADATA, Store
from core.shop.keys import phone_key
from core.types import Language

State: TypeAlias = Literal["waiting", "calling", "telling", "done", "given_up", "refused"]
"""`telling` is committed before the first word is said: what was perhaps heard is not said twice."""

OUTGOING = Table(
    "outgoing_calls",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("number", String, nullable=False),
    Column("language", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Float, nullable=False),
    Column("outcome", String, nullable=False, default=""),
)

NOT_CALLED = Table(
    "not_called",
    METADATA,
    Column("number", String, primary_key=True),  # folded, as `phone_key` does
    Column("at", Float, nullable=False),
)
"""Numbers whose owner said: do not call me again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCall:
    """Something to tell somebody by telephone."""

    key: str
    """The same key is told once."""
    number: str
    language: Language
    words: str
    """Said to who confirmed to be the right person, to nobody else."""
    state: State = "waiting"
    attempts: int = 0
    due_at: float = 0.0
    """Seconds since 1970 before which it is not tried."""
    outcome: str = ""
    """What became of the last attempt."""


class StoreOutgoing:
    """Calls to be made, in a `Store`; whoever shares the store may add some."""

    def __init__(self, store: Store) -> None:
        """Keep them in `store`."""
        self._store = store

    async def add(self, call: OutgoingCall) -> OutgoingCall:
        """Store a call to be made and return it, or the one that has its key already.

        A number whose owner wants no calls is refused. Raises `ConfigError` where the number or the words are empty.
        """
        # An extension ("100") or an address ("sip:...") is somebody's of the house, and no customer's.
        if not call.number.strip() or not call.words.strip():
            raise ConfigError("a call needs a number and something to say")
        row = {field: getattr(call, field) for field in _FIELDS}

        def work(connection: Connection) -> OutgoingCall:
            refused = select(NOT_CALLED.c.at).where(NOT_CALLED.c.number == _key(call.number))
            if connection.execute(refused).scalar() is not None:
                row.update(_refused())
            connection.execute(insert(OUTGOING).values(row).on_conflict_do_nothing(index_elements=["key"]))
            return _call(connection.execute(select(OUTGOING).where(OUTGOING.c.key == call.key)).one())

        return await self._store.write(work)

    async def claim(self, now: float) -> OutgoingCall | None:
        """Return the call that has been due the longest, counted as tried; None where none is due."""
        due = select(OUTGOING).where(OUTGOING.c.state == "waiting", OUTGOING.c.due_at <= now)
        if await self._store.read(lambda connection: connection.execute(due.limit(1)).first()) is None:
            return None  # the common case costs no write

        def work(connection: Connection) -> OutgoingCall | None:
            row = connection.execute(due.order_by(OUTGOING.c.due_at, OUTGOING.c.seq).limit(1)).first()
            if row is None:
                return None
            changed = {"state": "calling", "attempts": row.attempts + 1}
            connection.execute(update(OUTGOING).where(OUTGOING.c.key == row.key).values(changed))
            return _call(connection.execute(select(OUTGOING).where(OUTGOING.c.key == row.key)).one())

        return await self._store.write(work)

    async def settle(self, key: str, state: State, outcome: str, *, due_at: float = 0.0) -> None:
        """Write down what became of a call."""
        changed = {"state": state, "outcome": outcome, "due_at": due_at}
        # Who asked not to be called meanwhile stays so.
        statement = update(OUTGOING).where(OUTGOING.c.key == key, OUTGOING.c.state != "refused").values(changed)
        await self._store.write(lambda connection: connection.execute(statement))

    async def refuse(self, number: str) -> None:
        """Never call a number again; what waits for it is given up."""

        def work(connection: Connection) -> None:
            connection.execute(insert(NOT_CALLED).values(number=_key(number), at=time.time()).on_conflict_do_nothing())
            for key in _keys_of(number, connection, OUTGOING.c.state.in_(_OPEN)):
                connection.execute(update(OUTGOING).where(OUTGOING.c.key == key).values(_refused()))

        await self._store.write(work)

    async def erase(self, number: str) -> int:
        """Forget the calls to a number, made or not, and return how many; a wish not to be called stays."""

        def work(connection: Connection) -> int:
            keys = _keys_of(number, connection)
            connection.execute(delete(OUTGOING).where(OUTGOING.c.key.in_(keys)))
            return len(keys)

        return await self._store.write(work)

    async def expire(self, before: float) -> None:
        """Forget the calls that were over before so many seconds since 1970."""
        over = OUTGOING.c.state.not_in(_OPEN) & (OUTGOING.c.due_at < before)
        await self._store.write(lambda connection: connection.execute(delete(OUTGOING).where(over)))

    async def mend(self, due_at: float) -> None:
        """Take up what an earlier run was doing: try again whom it rang, and repeat nothing that it began to tell."""
        again = update(OUTGOING).where(OUTGOING.c.state == "calling").values(state="waiting", due_at=due_at)
        cut_off = "cut off while it was told, and not repeated"
        told = (
            update(OUTGOING).where(OUTGOING.c.state == "telling").values(state="done", outcome=cut_off, due_at=due_at)
        )

        def work(connection: Connection) -> None:
            connection.execute(again)
            connection.execute(told)

        await self._store.write(work)

    async def calls(self, *, limit: int) -> Sequence[OutgoingCall]:
        """Return the latest, newest first."""
        query = select(OUTGOING).order_by(OUTGOING.c.seq.desc()).limit(limit)
        return await self._store.read(lambda connection: [_call(row) for row in connection.execute(query)])


_OPEN = ("waiting", "calling", "telling")
_FIELDS = ("key", "number", "language", "words", "state", "attempts", "due_at", "outcome")


def _call(row: Row[tuple[object, ...]]) -> OutgoingCall:
    return OutgoingCall(**{field: getattr(row, field) for field in _FIELDS})


def _refused() -> dict[str, object]:
    return {"state": "refused", "outcome": "the owner of the number wants no calls", "due_at": time.time()}


def _keys_of(number: str, connection: Connection, *which: ColumnElement[bool]) -> list[str]:
    """Return the keys of the calls to a number, however it is written."""
    rows = connection.execute(select(OUTGOING.c.key, OUTGOING.c.number).where(*which)).all()
    return [row.key for row in rows if number.strip() and _key(row.number) == _key(number)]


def _key(number: str) -> str:
    return phone_key(number) or number.strip()
