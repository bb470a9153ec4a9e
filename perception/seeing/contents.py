"""Content addresses of files, remembered, so that a large catalogue is not read through at every start."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_LOG = logging.getLogger(__name__)

_SETTLED_S = 2.0
"""Age of a file from which size and time tell that it is unchanged; a younger one is read again the next time."""
_UNSETTLED = -1


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files of a catalogue hold."""

    keys: Mapping[Path, str]
    """File -> sha256 of its bytes, in hex."""
    unreadable: Mapping[Path, str]
    """File -> why it could not be read."""
    removed: int
    """Different contents that were there the last time and are not now."""


def read_contents(files: Iterable[Path], memory: Path, *, remember: bool = True) -> Contents:
    """Return the content addresses of `files`; those whose size and time are as in `memory` are not read.

    `memory` is a database of one catalogue; when it is damaged all files are read again.
    """
    known = _known(memory)
    keys: dict[Path, str] = {}
    unreadable: dict[Path, str] = {}
    kept: list[tuple[str, int, int, str]] = []
    for file in dict.fromkeys(files):
        try:
            found = file.stat()
            mark = (found.st_size, found.st_mtime_ns)
            *then, key = known.get(str(file), (-1, -1, ""))
            keys[file] = key if tuple(then) == mark else hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            unreadable[file] = error.strerror or str(error)
            continue
        settled = time.time() - found.st_mtime > _SETTLED_S
        kept.append((str(file), found.st_size if settled else _UNSETTLED, found.st_mtime_ns, keys[file]))
    if remember and set(kept) != {(name, *rest) for name, rest in known.items()}:
        _keep(memory, kept)
    before = {key for *_, key in known.values()}
    return Contents(keys, unreadable, len(before - set(keys.values())))


def _known(memory: Path) -> dict[str, tuple[int, int, str]]:
    try:
        with closing(sqlite3.connect(memory)) as database:
            rows = database.execute("SELECT path, size, changed_ns, key FROM files")
            return {path: (size, changed, key) for path, size, changed, key in rows}
    except sqlite3.DatabaseError:  # none yet, or damaged: it only saves time
        return {}


def _keep(memory: Path, rows: list[tuple[str, int, int, str]]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    fresh = memory.with_name(f"{memory.name}.{os.getpid()}")
    try:
        _write(fresh, rows)
        fresh.replace(memory)
    except (sqlite3.DatabaseError, OSError) as error:
        _LOG.warning("%s cannot be written (%s): the pictures will be read again the next time", memory, error)
        fresh.unlink(missing_ok=True)


def _write(fresh: Path, rows: list[tuple[str, int, int, str]]) -> None:
    with closing(sqlite3.connect(fresh)) as database, database:
        database.execute("DROP TABLE IF EXISTS files")
        database.execute("CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, changed_ns INTEGER, key TEXT)")
        database.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", rows)
