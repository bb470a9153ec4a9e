"""Statements of the hot path, compiled once and run by the database driver itself.

SQLAlchemy's execution costs 25 to 60 microseconds of CPU for each statement, the driver's 1 to 5; a turn
has eight. The statements are still written with SQLAlchemy, so that the tables stand in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects import sqlite

_DIALECT = sqlite.dialect()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement with named values."""

    sql: str
    names: tuple[str, ...]
    """In the order in which the driver wants their values."""

    def run(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """Run it in the transaction of `connection`; return the driver's cursor."""
        return driver_of(connection).execute(self.sql, [values[name] for name in self.names])


def prepare(statement: ClauseElement) -> Prepared:
    """Compile a statement whose values are all `bindparam`s or columns to be named."""
    compiled = statement.compile(dialect=_DIALECT)
    return Prepared(str(compiled), tuple(getattr(compiled, "positiontup", None) or ()))


def driver_of(connection: Connection) -> Any:
    """Return the sqlite3 connection below."""
    return connection.connection.driver_connection
