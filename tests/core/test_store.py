"""The store: grouped commits, each piece of work on its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from core.errors import StoreError
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


async def test_only_the_owner_may_read_the_record(tmp_path: Path) -> None:
    store = Store(tmp_path / "data" / "record.db")
    try:
        await store.write(lambda connection: connection.execute(text("CREATE TABLE names (name TEXT)")) and None)
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
        assert modes == dict.fromkeys(("record.db", "record.db-wal", "record.db-shm"), 0o600)
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    finally:
        store.close()


async def test_an_error_quotes_nothing_that_was_to_be_written(store: Store) -> None:
    with pytest.raises(DatabaseError) as told:
        await store.write(
            lambda connection: connection.execute(text("INSERT INTO none VALUES (:said)"), {"said": "W1"})
        )
    assert "none" in str(told.value)
    assert "W1" not in str(told.value)


@pytest.mark.parametrize("folder", ["what?", "100%41", "a b#c", "掌柜"])
async def test_a_folder_may_have_any_name(tmp_path: Path, folder: str) -> None:
    Store(tmp_path / folder / "record.db").close()
    assert (tmp_path / folder / "record.db").is_file()


async def test_a_record_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "record.db").write_bytes(b"a shopping list" * 100)
    with pytest.raises(StoreError, match="not a database.*ZHANGGUI_DATA_DIR"):
        Store(tmp_path / "record.db")
    with pytest.raises(StoreError, match="record.db"):
        Store(tmp_path / "record.db" / "below_a_file.db")
