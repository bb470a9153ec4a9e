"""The store: grouped commits, each piece of work on its own."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, text

from core.journal.store import Store


async def test_a_failing_piece_of_work_takes_nobody_with_it(store: Store) -> None:
    async def add(name: str, *, broken: bool = False) -> None:
        def work(connection: Connection) -> None:
            connection.execute(text("CREATE TABLE IF NOT EXISTS names (name TEXT)"))
            connection.execute(text("INSERT INTO names VALUES (:name)"), {"name": name})
            if broken:
                raise ValueError(name)

        await store.write(work)

    results = await asyncio.gather(add("a"), add("b", broken=True), add("c"), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    names = await store.read(lambda connection: connection.execute(text("SELECT name FROM names")).scalars().all())
    assert list(names) == ["a", "c"]


async def test_the_database_is_in_wal_mode_with_full_synchronisation(store: Store) -> None:
    mode = await store.read(lambda connection: connection.execute(text("PRAGMA journal_mode")).scalar())
    full = await store.read(lambda connection: connection.execute(text("PRAGMA synchronous")).scalar())
    assert (mode, full) == ("wal", 2)


async def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        await store.write(lambda connection: None)
