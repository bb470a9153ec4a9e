"""One database, one writer: short transactions are committed in groups.

SQLite in WAL mode with synchronous=FULL: what was committed survives a power cut. A group shares one
fsync, which lifts intake from hundreds to thousands of messages a second (measured by `zhanggui bench
intake`). Every piece of work has a savepoint of its own, so that a failing one takes nobody with it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DatabaseError

from core.errors import StoreError
from core.journal.prepared import driver_of

T = TypeVar("T")

METADATA = MetaData()
"""The tables of everything that lives in the store; they are created when it opens."""

_GROUP = 256
"""Pieces of work that share one commit at most; more would delay the first without gaining speed."""
_READERS = 2
"""Threads that read. They are not the models' threads: looking up a session must not wait for a transcription."""
_WRITES = "zhanggui_writes"
"""The mark of the writer's connection."""


@dataclass(frozen=True, slots=True)
class _Work:
    run: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


_Outcome: TypeAlias = tuple[_Work, Any, BaseException | None]


class Store:
    """An open database. `close` waits for what was already asked for."""

    def __init__(self, file: Path) -> None:
        """Open (or create, readable by its owner only) the database file and start its writer.

        Raises `StoreError` when the file cannot be opened or is no database.
        """
        self._engine = _open(file)
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_forever, name="store-writer", daemon=True)
        self._writer.start()
        self._readers = ThreadPoolExecutor(max_workers=_READERS, thread_name_prefix="store-reader")
        self._own = threading.local()
        self._opened: list[Connection] = []

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` inside a transaction; return its value once it is on disk.

        When `work` raises, all it did is undone and the error is raised here. A caller that is cancelled
        meanwhile does not undo it.
        """
        if self._closed:
            raise RuntimeError("the store is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._work.put(_Work(work, loop, done))
        return await done

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a read connection in a reader's thread; what it decodes there stalls no loop."""
        if self._closed:
            raise RuntimeError("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, partial(self._read, work))

    def close(self) -> None:
        """Finish what was asked for and close; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._work.put(None)
            self._writer.join()
            self._readers.shutdown()
            for connection in self._opened:
                connection.close()
            self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.connect()
            self._opened.append(connection)
        try:
            return work(connection)
        finally:
            if connection.in_transaction():
                connection.rollback()  # or this reader would see the past for ever

    def _write_forever(self) -> None:
        with self._engine.connect() as connection:
            connection.info[_WRITES] = True
            while (first := self._work.get()) is not None:
                group, last = self._gather(first)
                _settle(_commit(connection, group))
                if last:
                    return

    def _gather(self, first: _Work) -> tuple[list[_Work], bool]:
        group = [first]
        while len(group) < _GROUP:
            try:
                following = self._work.get_nowait()
            except queue.Empty:
                return group, False
            if following is None:
                return group, True
            group.append(following)
        return group, False


def _commit(connection: Connection, group: Sequence[_Work]) -> list[_Outcome]:
    try:
        with connection.begin():
            return [_piece(connection, work) for work in group]
    except Exception as error:  # noqa: BLE001 - a failed commit fails the whole group, and the writer lives on
        return [(work, None, error) for work in group]


def _piece(connection: Connection, work: _Work) -> _Outcome:
    """Do one piece within a savepoint; raises when SQLite gave up the whole transaction (a full disk)."""
    run = driver_of(connection).execute  # SQLAlchemy's own savepoints cost 70 us of CPU, these 2
    run("SAVEPOINT piece")
    try:
        value, failure = work.run(connection), None
    except Exception as error:  # noqa: BLE001 - it belongs to whoever asked, not to the writer
        value, failure = None, error
        run("ROLLBACK TO piece")
    run("RELEASE piece")
    return work, value, failure


def _settle(outcomes: Sequence[_Outcome]) -> None:
    """Tell those who asked, each loop once for the whole group."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_loop[outcome[0].loop].append(outcome)
    for loop, of_loop in by_loop.items():
        with suppress(RuntimeError):  # the asker's loop is closed: nobody waits for this answer
            loop.call_soon_threadsafe(_answer, of_loop)


def _answer(outcomes: Sequence[_Outcome]) -> None:
    for work, value, failure in outcomes:
        if work.done.cancelled():
            continue
        if failure is not None:
            work.done.set_exception(failure)
        else:
            work.done.set_result(value)


def _open(file: Path) -> Engine:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)  # it holds what customers said; SQLite gives its companions (-wal, -shm) the same mode
        engine = _engine(file)
        METADATA.create_all(engine)
    except (OSError, DatabaseError) as error:
        reason = error.orig if isinstance(error, DatabaseError) else error
        raise StoreError(
            f"the record {file} cannot be opened ({reason}): check the disk and who may write there, "
            "or set ZHANGGUI_DATA_DIR to another folder"
        ) from error
    return engine


def _engine(file: Path) -> Engine:
    address = URL.create("sqlite", database=str(file))  # as text, "?" and "%" in a path would mean something else
    # An error would quote the values of its statement, which are customers' words, and go to the log.
    engine = create_engine(address, connect_args={"check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions itself, so that savepoints hold
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads before it writes fails at once when another process wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.info.get(_WRITES) else "BEGIN")

    return engine
