"""An encoder that remembers what it encoded, so that a restart or a small import costs little."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from core.journal.store import Store
from core.knowledge.tables import VECTORS
from core.ports import Capabilities, TextEncoder, Vectors

_AT_ONCE = 64
"""Sentences encoded before they are written: what is lost when a long import is stopped."""
_ASKED_AT_ONCE = 500
"""Hashes in one query; SQLite allows some thousands of values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberingEncoder:
    """`core.ports.TextEncoder` for passages; half precision on disk changes a cosine by less than a thousandth."""

    encoder: TextEncoder
    name: str
    """Its spec: another encoder's vectors mean something else."""
    store: Store
    progress: Callable[[int, int], None] = lambda _done, _of_all: None
    """Told how many of the sentences that had to be encoded are done."""

    @property
    def capabilities(self) -> Capabilities:
        """Say what the encoder says."""
        return self.encoder.capabilities

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, encoding only those never seen."""
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = await self.store.read(lambda connection: _stored(connection, self.name, keys))
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        for at in range(0, len(missing), _AT_ONCE):
            batch = missing[at : at + _AT_ONCE]
            vectors = await self.encoder.encode([text for _, text in batch])
            fresh = {key: vector.astype(np.float16) for (key, _), vector in zip(batch, vectors, strict=True)}
            await self.store.write(lambda connection, fresh=fresh: _store(connection, self.name, fresh))  # type: ignore[misc]
            known |= fresh
            self.progress(min(at + _AT_ONCE, len(missing)), len(missing))
        found = np.stack([known[key] for key in keys]).astype(np.float32) if keys else np.zeros((0, 0), np.float32)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _stored(connection: Connection, name: str, keys: Sequence[str]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for at in range(0, len(keys), _ASKED_AT_ONCE):
        some = keys[at : at + _ASKED_AT_ONCE]
        query = select(VECTORS.c.sha256, VECTORS.c.vector).where(VECTORS.c.encoder == name, VECTORS.c.sha256.in_(some))
        found |= {key: np.frombuffer(vector, dtype=np.float16) for key, vector in connection.execute(query)}
    return found


def _store(connection: Connection, name: str, vectors: dict[str, np.ndarray]) -> None:
    rows = [{"encoder": name, "sha256": key, "vector": vector.tobytes()} for key, vector in vectors.items()]
    connection.execute(insert(VECTORS).on_conflict_do_nothing(), rows)
