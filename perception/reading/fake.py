"""A deterministic encoder for tests: hashed character pairs, no meaning."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.ports import Capabilities, Vectors

_DIMENSION = 256


@dataclass(frozen=True, slots=True)
class FakeTextEncoder:
    """Encode which letters stand side by side; the same on every machine and every run."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the dimension."""
        return Capabilities(dimension=_DIMENSION)

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, 256)."""
        rows = np.zeros((len(texts), _DIMENSION), np.float32)
        for row, text in zip(rows, texts, strict=True):
            framed = f" {text.strip().casefold()} "
            for pair in zip(framed, framed[1:], strict=False):
                row[zlib.crc32("".join(pair).encode("utf-8", "replace")) % _DIMENSION] += 1
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def build(model: str, models: Path) -> FakeTextEncoder:
    """Build the fake; both arguments are ignored."""
    return FakeTextEncoder()
