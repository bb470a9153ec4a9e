"""An exact vector index in one matrix in memory: for some 20,000 vectors; see `perception.seeing.near` for more."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError
from core.ports import Vectors


class ExactIndex:
    """Nearest vectors by inner product, computed against every row."""

    def __init__(self, dimension: int, *, made_by: str = "") -> None:
        """Start empty; `made_by` names the encoder, so that a file of another one is refused."""
        self.dimension = dimension
        self.made_by = made_by
        self._keys: list[str] = []
        self._rows: dict[str, int] = {}
        self._matrix: Vectors = np.empty((0, dimension), np.float32)

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self._keys)

    def __contains__(self, key: str) -> bool:
        """Return whether the key has a vector."""
        return key in self._rows

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, float32 (n, dimension), or replace those whose keys are here.

        Raises `ValueError` when the dimension or the number of keys differs; nothing was added then.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise ValueError(f"the index holds vectors of {self.dimension} numbers, not {vectors.shape[1:]}")
        if len(keys) != len(vectors):
            raise ValueError(f"{len(keys)} keys came with {len(vectors)} vectors")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector holds numbers that are not finite")
        fresh = [key for key in dict.fromkeys(keys) if key not in self._rows]
        self._reserve(len(self._keys) + len(fresh))
        for key in fresh:
            self._rows[key] = len(self._keys)
            self._keys.append(key)
        for key, vector in zip(keys, vectors, strict=True):
            self._matrix[self._rows[key]] = vector

    def rows(self, keys: Sequence[str]) -> Vectors:
        """Return the vectors of the keys, float32 (n, dimension); raises `KeyError` for one that is not here."""
        return self._matrix[[self._rows[key] for key in keys]]

    def search(
        self, vectors: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for each row its `k` nearest keys with their inner products, best first, of `among` only if given.

        Equal scores keep the order in which the keys were added, so that answers repeat exactly.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise ValueError(f"the index holds vectors of {self.dimension} numbers, not {vectors.shape[1:]}")
        if among is None:
            rows, matrix = np.arange(len(self)), self._matrix[: len(self)]
        else:
            rows = np.array(sorted(self._rows[key] for key in set(among) if key in self._rows), np.intp)
            matrix = self._matrix[rows]
        count = min(k, len(rows))
        if count <= 0:
            return [[] for _ in vectors]
        return [
            [(self._keys[rows[at]], float(scores[at])) for at in best(scores, count)] for scores in vectors @ matrix.T
        ]

    def save(self, file: Path) -> None:
        """Write keys and vectors to a .npz file; a reader sees the old file or the new one, never half."""
        save_arrays(file, keys=np.array(self._keys, np.str_), vectors=self._matrix[: len(self)], made_by=self.made_by)

    @classmethod
    def load(cls, file: Path, *, made_by: str = "") -> ExactIndex:
        """Read what `save` wrote; raises `ModelMissingError` when it is damaged or of another encoder."""
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as saved:
                keys, vectors, maker = saved["keys"].tolist(), saved["vectors"], str(saved["made_by"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ModelMissingError(f"{file} is no whole index ({error}); delete it, it is built anew") from error
        if made_by and maker != made_by:
            raise ModelMissingError(f"{file} was made by the encoder {maker!r}, not {made_by!r}; delete it")
        index = cls(vectors.shape[1], made_by=maker)
        index.add(keys, vectors)
        return index

    def _reserve(self, count: int) -> None:
        if count > len(self._matrix):
            grown = np.empty((max(count, 2 * len(self._matrix)), self.dimension), np.float32)
            grown[: len(self)] = self._matrix[: len(self)]
            self._matrix = grown


def best(scores: Vectors, count: int) -> NDArray[np.intp]:
    """Return the places of the `count` highest scores, falling; equal ones in their order."""
    if count < len(scores):
        near = np.flatnonzero(scores >= np.partition(scores, -count)[-count])
    else:
        near = np.arange(len(scores))
    return near[np.argsort(-scores[near], kind="stable")][:count]


def save_arrays(file: Path, **arrays: object) -> None:
    """Write a .npz file in one step, so that a crash leaves the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=file.name, delete=False) as unfinished:
        try:
            np.savez(unfinished, **arrays)  # type: ignore[arg-type]  # numpy's stub wants arrays, savez takes any
            unfinished.flush()
            os.fsync(unfinished.fileno())
            Path(unfinished.name).replace(file)
        except BaseException:
            Path(unfinished.name).unlink(missing_ok=True)
            raise
