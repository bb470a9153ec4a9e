"""An index for large catalogues: likely vectors from a memory-mapped file of codes, then exact scores for those.

The codes are made by faiss: vectors turned and cut to their 256 strongest directions, sorted into lists
around centres (an inverted file: Sivic and Zisserman 2003), one byte for each number.
https://github.com/facebookresearch/faiss/wiki
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError
from core.ports import Vectors
from perception.seeing.index import ExactIndex, best

_DIRECTIONS = 256
"""Numbers kept of a vector; with 128, one of 200 neighbours is lost."""
_TRAINED_ON = 100_000
"""Vectors at most from which directions and centres are learned."""
_FOR_DIRECTIONS = 20_000
_PER_LIST = 40
"""Vectors for each centre to learn it from."""
_SEEN = 0.03
"""Share of the lists that is looked through: .999 of the ten nearest of 100,000 are found in them."""
_LEAST_LISTS = 32
_DEPTH = 64
"""Candidates that get exact scores at least."""
_FEW = 2000
"""Allowed keys up to which all of them get exact scores, without any codes."""
_BLOCK = 4096
_ABOUT = "about.json"
_MAPPED = faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY
"""The whole file as one map. The older flag starts threads that read ahead for every search, at ten times its cost."""

VectorsOf = Callable[[NDArray[np.intp]], Vectors]
"""Numbers of vectors, 0 to n - 1 -> the exact vectors, float32 (len, dimension)."""
Rows = NDArray[np.intp]


class NearIndex:
    """Nearest vectors by inner product, nearly all of them found, in a small part of the time.

    Only the codes and the centres are its own; the exact vectors stay where `vectors_of` reads them.
    What is added after it was built is kept in memory, exactly, until it is built again.
    """

    def __init__(self, codes: Any, keys: Sequence[str], vectors_of: VectorsOf, *, made_by: str = "") -> None:
        """Search the faiss index `codes`, whose n-th vector has the n-th key; `build_near` and `load_near` make one."""
        self.dimension = int(codes.d)
        self.made_by = made_by
        self._codes = codes
        self._keys = keys
        self._vectors_of = vectors_of
        self._rows = {key: row for row, key in enumerate(keys)}
        self._late = ExactIndex(self.dimension)
        self._replaced: set[int] = set()

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self._keys) - len(self._replaced) + len(self._late)

    def seen_as(self, vectors_of: VectorsOf) -> NearIndex:
        """Return an index with the same candidates whose exact scores are by other vectors of the same dimension."""
        return NearIndex(self._codes, self._keys, vectors_of, made_by=self.made_by)

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, float32 (n, dimension), or replace those whose keys are here; see `ExactIndex.add`."""
        self._late.add(keys, vectors)
        self._replaced.update(self._rows[key] for key in keys if key in self._rows)

    def rows(self, keys: Sequence[str]) -> Vectors:
        """Return the vectors of the keys, float32 (n, dimension); raises `KeyError` for one that is not here."""
        late = [at for at, key in enumerate(keys) if key in self._late]
        early = [at for at in range(len(keys)) if keys[at] not in self._late]
        found = np.empty((len(keys), self.dimension), np.float32)
        found[late] = self._late.rows([keys[at] for at in late])
        found[early] = self._vectors_of(np.array([self._rows[keys[at]] for at in early], np.intp))
        return found

    def search(
        self, vectors: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for each row its `k` nearest keys with their inner products, best first, of `among` only if given."""
        late = self._late.search(vectors, k, among=among)
        if k <= 0:
            return late
        allowed = None if among is None else np.array(sorted(self._allowed(among)), np.intp)
        return [self._merged(self._one(row, k, allowed), found, k) for row, found in zip(vectors, late, strict=True)]

    def _allowed(self, among: Collection[str]) -> set[int]:
        return {self._rows[key] for key in among if key in self._rows} - self._replaced

    def _one(self, vector: Vectors, k: int, allowed: Rows | None) -> list[tuple[str, float]]:
        if allowed is not None and len(allowed) <= max(k, _FEW):
            rows = allowed
        else:
            rows = np.sort(self._candidates(vector, max(k, _DEPTH) + len(self._replaced), allowed))
        if not len(rows):
            return []
        scores = self._vectors_of(rows) @ vector
        return [(self._keys[rows[at]], float(scores[at])) for at in best(scores, k + len(self._replaced))]

    def _candidates(self, vector: Vectors, count: int, allowed: Rows | None) -> Rows:
        """Return the likeliest rows.

        What is allowed is mostly of one kind and lies in few lists, perhaps none of them near the photo: all
        lists are looked through for it, and only what is allowed costs time.
        """
        lists = faiss.extract_index_ivf(self._codes).nlist
        probes = lists if allowed is not None else min(lists, max(_LEAST_LISTS, round(lists * _SEEN)))
        inner, outer = faiss.SearchParametersIVF(), faiss.SearchParametersPreTransform()
        inner.nprobe, outer.index_params = probes, inner
        if allowed is not None:
            bits = np.zeros(len(self._keys), bool)
            bits[allowed] = True
            packed = np.packbits(bits, bitorder="little")
            inner.sel = faiss.IDSelectorBitmap(packed)  # type: ignore[call-arg, arg-type]  # the stub is of the C++ class
        _, found = self._codes.search(vector[None], min(count, len(self._keys)), params=outer)
        rows: Rows = found[0][found[0] >= 0].astype(np.intp)
        return rows

    def _merged(self, early: list[tuple[str, float]], late: list[tuple[str, float]], k: int) -> list[tuple[str, float]]:
        kept = [(key, score) for key, score in early if self._rows[key] not in self._replaced]
        return sorted([*kept, *late], key=lambda found: -found[1])[:k]


def build_near(
    folder: Path,
    keys: Sequence[str],
    vectors_of: VectorsOf,
    *,
    made_by: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> NearIndex:
    """Build the index, keep it in `folder`, and return it as `load_near` does.

    A reader, or a crash, sees the old index or the new one, never half. The same vectors give the same
    index. Raises `ValueError` when there are no vectors.
    """
    if not keys:
        raise ValueError("an index of codes needs at least one vector to learn from")
    codes = _trained(len(keys), vectors_of)
    for start in range(0, len(keys), _BLOCK):
        codes.add(vectors_of(np.arange(start, min(start + _BLOCK, len(keys)))))
        if progress:
            progress(min(start + _BLOCK, len(keys)), len(keys))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"codes-{hashlib.sha256(made_by.encode()).hexdigest()[:16]}.faiss"
    _replace(file, lambda unfinished: faiss.write_index(codes, str(unfinished)))
    about = {"file": file.name, "size": file.stat().st_size, "count": len(keys), "made_by": made_by}
    _replace(folder / _ABOUT, lambda unfinished: unfinished.write_text(json.dumps(about), encoding="utf-8"))
    for other in set(folder.glob("codes-*.faiss")) - {file}:
        other.unlink()
    return load_near(folder, keys, vectors_of, made_by=made_by)


def load_near(folder: Path, keys: Sequence[str], vectors_of: VectorsOf, *, made_by: str = "") -> NearIndex:
    """Map the codes in `folder` into memory; they are read from disk as they are needed.

    Raises `ModelMissingError` when they are damaged, missing, or made by another encoder or of other vectors.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        file, size, count, maker = folder / about["file"], about["size"], about["count"], about["made_by"]
        if file.stat().st_size != size:
            raise ValueError(f"{file.name} has {file.stat().st_size} bytes of {size}")
        if maker == made_by and count == len(keys):
            codes = faiss.read_index(str(file), _MAPPED)
            return NearIndex(codes, keys, vectors_of, made_by=made_by)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelMissingError(f"{folder} holds no whole index ({error}); delete it, it is built anew") from error
    raise ModelMissingError(f"{folder} was made by {maker!r} of {count} vectors, not {made_by!r} of {len(keys)}")


def _trained(count: int, vectors_of: VectorsOf) -> Any:
    """Return an empty faiss index whose directions and centres are learned from an even sample."""
    some = vectors_of(_spread(count, _FOR_DIRECTIONS))
    directions = faiss.PCAMatrix(some.shape[1], min(_DIRECTIONS, *some.shape))
    directions.train(some)
    directions.have_bias = False  # turned and cut only: moving the origin would change the order of inner products
    lists = max(1, min(round(4 * count**0.5), count // _PER_LIST))
    sample = _spread(count, min(_TRAINED_ON, lists * _PER_LIST))
    short = [directions.apply(vectors_of(sample[at : at + _BLOCK])) for at in range(0, len(sample), _BLOCK)]
    centres = faiss.IndexFlatIP(directions.d_out)
    coded = faiss.IndexIVFScalarQuantizer(
        centres, directions.d_out, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    coded.cp.min_points_per_centroid = 1  # a million vectors have 25 each, which is enough, and faiss would warn
    coded.cp.niter = 10  # of 25; the centres hardly move after that, and a million vectors are trained in minutes
    coded.train(np.concatenate(short))
    return faiss.IndexPreTransform(directions, coded)


def _spread(count: int, most: int) -> Rows:
    """Return at most `most` of the numbers below `count`, evenly."""
    return np.linspace(0, count, min(count, most), endpoint=False).astype(np.intp)


def _replace(file: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file beside `file`, and put it in its place once it is on disk."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        unfinished = Path(folder) / file.name
        write(unfinished)
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        unfinished.replace(file)
