"""How pictures look, kept: rows of numbers in files that only grow, and a table that says what is whole."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError, StoreError

Numbers = NDArray[np.float32]

_HALF = np.dtype("<f2")
"""Half the disk of float32; an inner product of unit vectors changes by some 1e-5."""
_SAME = 0.9999
"""Cosine from which on two vectors of the test picture come from the same encoder."""
_AT_ONCE = 500
"""Keys asked for in one query; SQLite's bound is 999 in old builds."""
_PATIENCE_S = 60.0
"""How long a second process waits until the first has written its few rows."""


class OtherEncoderError(ModelMissingError):
    """The looks that are kept there are of another encoder."""


@dataclass(frozen=True, slots=True)
class LookStore:
    """Named arrays with a row for each key. Several processes may read and append.

    Rows are written and flushed before the transaction that names their keys, so that after a crash
    at any moment every key that is here has its whole rows; what was half written is written over.
    Arrays are read through memory maps: a store of a million rows opens at once. Vectors are kept in two bytes
    a number, larger arrays in one, as steps of a scale that each column of a row has of its own.
    """

    folder: Path
    shapes: Mapping[str, tuple[int, ...]]
    """Name of an array -> shape of one of its rows."""
    _maps: dict[str, NDArray[np.void]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, folder: Path, probe: Mapping[str, Numbers]) -> LookStore:
        """Open the store, or make it when the folder is empty.

        `probe` is what the encoder makes of the test picture, one row for each array: by it a store of
        another encoder is noticed, even under the same name. Raises `OtherEncoderError` then,
        `ModelMissingError` when the store is damaged, `StoreError` when the disk does not let us in.
        """
        folder.mkdir(parents=True, exist_ok=True)
        shapes = {name: tuple(row.shape) for name, row in probe.items()}
        store = cls(folder, shapes)
        try:
            with store._writing() as database:
                database.execute("CREATE TABLE IF NOT EXISTS looks (row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)")
                database.execute("CREATE TABLE IF NOT EXISTS made (array TEXT PRIMARY KEY, shape TEXT, probe BLOB)")
                made = {name: rest for name, *rest in database.execute("SELECT array, shape, probe FROM made")}
                if not made:
                    rows = [(name, json.dumps(row.shape), _bytes(row)) for name, row in probe.items()]
                    database.executemany("INSERT INTO made VALUES (?, ?, ?)", rows)
        except (sqlite3.DatabaseError, ValueError) as error:
            raise ModelMissingError(f"{folder} holds no whole looks ({error}); delete it") from error
        if made and not _fits(made, probe):
            raise OtherEncoderError(f"the looks in {folder} are another encoder's; delete them or use another folder")
        store._check()
        return store

    def __len__(self) -> int:
        """Return the number of rows."""
        with self._reading() as database:
            return int(database.execute("SELECT coalesce(max(row) + 1, 0) FROM looks").fetchone()[0])

    def rows_of(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the row of each key that is here."""
        found: dict[str, int] = {}
        with self._reading() as database:
            for start in range(0, len(keys), _AT_ONCE):
                some = list(keys[start : start + _AT_ONCE])
                marks = ",".join("?" * len(some))
                found.update(database.execute(f"SELECT key, row FROM looks WHERE key IN ({marks})", some))  # noqa: S608
        return found

    def append(self, keys: Sequence[str], arrays: Mapping[str, Numbers]) -> None:
        """Add a row to every array for each key, durably; keys that are here already stay as they are.

        Raises `ValueError` when the arrays do not fit the store; nothing was added then.
        """
        self._refuse(keys, arrays)
        with self._writing() as database:
            known = self.rows_of(keys)
            fresh = [at for at, key in enumerate(keys) if key not in known and key not in keys[:at]]
            start = int(database.execute("SELECT coalesce(max(row) + 1, 0) FROM looks").fetchone()[0])
            for name, rows in arrays.items():
                self._write(name, start, rows[fresh])
            database.executemany(
                "INSERT INTO looks VALUES (?, ?)", [(start + n, keys[at]) for n, at in enumerate(fresh)]
            )

    def read(self, rows: Sequence[int] | NDArray[np.intp], *, only: Collection[str] = ()) -> dict[str, Numbers]:
        """Return rows of every array, float32 (n, ...); with `only`, the others come without any rows."""
        wanted, none = np.asarray(rows, np.intp), np.empty(0, np.intp)
        return {name: self._mapped(name, wanted if not only or name in only else none) for name in self.shapes}

    @property
    def size_bytes(self) -> int:
        """Return what the store takes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    def _mapped(self, name: str, rows: NDArray[np.intp]) -> Numbers:
        shape = self.shapes[name]
        if not len(rows):
            return np.empty((0, *shape), np.float32)
        whole = self._file(name).stat().st_size // self._row_bytes(name)  # a crash may leave a part of a row behind
        kept = self._maps.get(name)
        if kept is None or len(kept) != whole:  # it has grown
            kept = self._maps[name] = np.asarray(np.memmap(self._file(name), _kept_as(shape), "r", shape=whole))
        return _unpacked(kept[rows])

    def _write(self, name: str, start: int, rows: Numbers) -> None:
        with self._file(name).open("r+b" if self._file(name).exists() else "wb") as stream:
            stream.seek(start * self._row_bytes(name))
            stream.write(_packed(rows).tobytes())
            stream.flush()
            os.fsync(stream.fileno())

    def _refuse(self, keys: Sequence[str], arrays: Mapping[str, Numbers]) -> None:
        if set(arrays) != set(self.shapes):
            raise ValueError(f"the store holds the arrays {sorted(self.shapes)}, not {sorted(arrays)}")
        for name, rows in arrays.items():
            if rows.shape != (len(keys), *self.shapes[name]):
                raise ValueError(
                    f"{len(keys)} keys came with {name} of shape {rows.shape}, rows are {self.shapes[name]}"
                )
            if not np.isfinite(rows).all():
                raise ValueError(f"a row of {name} holds numbers that are not finite")

    def _check(self) -> None:
        count = len(self)
        for name in self.shapes:
            file = self._file(name)
            if count and (not file.exists() or file.stat().st_size < count * self._row_bytes(name)):
                raise ModelMissingError(f"{file} is shorter than its {count} rows; delete {self.folder}")

    def _row_bytes(self, name: str) -> int:
        return _kept_as(self.shapes[name]).itemsize

    def _file(self, name: str) -> Path:
        return self.folder / (f"{name}.f16" if len(self.shapes[name]) == 1 else f"{name}.i8")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self.folder / "looks.db", timeout=_PATIENCE_S, isolation_level=None)
            ) as database:
                yield database
        except sqlite3.OperationalError as error:  # a full disk, a folder that may not be written
            raise StoreError(f"the looks in {self.folder} cannot be read or written: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the database to one writer at a time; what it did is on disk afterwards, all of it or nothing."""
        with self._reading() as database:
            database.execute("PRAGMA synchronous=FULL")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")


def _kept_as(shape: tuple[int, ...]) -> np.dtype[np.void]:
    """Return how a row is kept: a vector as it is, a larger array with one scale for each of its columns."""
    if len(shape) == 1:
        return np.dtype([("numbers", _HALF, shape)])
    return np.dtype([("scale", "<f4", shape[-1:]), ("steps", "i1", shape)])


def _packed(rows: Numbers) -> NDArray[np.void]:
    packed = np.zeros(len(rows), _kept_as(rows.shape[1:]))
    if rows.ndim == 2:
        packed["numbers"] = rows
        return packed
    between = tuple(range(1, rows.ndim - 1))
    scale = np.maximum(np.abs(rows).max(axis=between, keepdims=True) / 127, np.finfo(np.float32).tiny)
    packed["scale"] = scale.reshape(len(rows), -1)
    packed["steps"] = np.round(rows / scale)
    return packed


def _unpacked(packed: NDArray[np.void]) -> Numbers:
    if "numbers" in (packed.dtype.names or ()):
        return np.asarray(packed["numbers"], np.float32)
    steps, scale = packed["steps"], packed["scale"]
    return np.asarray(steps * scale.reshape(len(scale), *[1] * (steps.ndim - 2), -1), np.float32)


def _bytes(row: Numbers) -> bytes:
    return row.astype(_HALF).tobytes()


def _fits(made: Mapping[str, Sequence[str | bytes]], probe: Mapping[str, Numbers]) -> bool:
    """Return whether the store's own rows of the test picture are those of this encoder."""
    if {name: json.loads(shape) for name, (shape, _) in made.items()} != {n: list(r.shape) for n, r in probe.items()}:
        return False
    return all(_alike(made[name][1], row) for name, row in probe.items())


def _alike(kept: str | bytes, row: Numbers) -> bool:
    one = np.frombuffer(bytes(kept) if isinstance(kept, bytes) else b"", _HALF).astype(np.float64)
    other = row.astype(np.float64).ravel()
    if one.shape != other.shape:
        return False
    length = np.linalg.norm(one) * np.linalg.norm(other)
    return bool(one @ other >= _SAME * length) if length else bool((one == other).all())
