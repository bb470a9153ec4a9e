"""Sentences with their vectors, grouped by the passage they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from core.ports import TextEncoder, Vectors


@dataclass(frozen=True, slots=True)
class Rows:
    """All sentences of one sort, those of a passage side by side."""

    texts: tuple[str, ...]
    """In lower case."""
    owners: NDArray[np.intp]
    """Passages that have any, in order."""
    starts: NDArray[np.intp]
    """Where each owner's sentences begin; the next one's begin where they end."""
    vectors: Vectors | None

    def nearest(self, query: NDArray[np.float32], passages: int) -> NDArray[np.float32]:
        """Return for each of `passages` the cosine of its nearest sentence, -1 where it has none."""
        best = np.full(passages, -1.0, dtype=np.float32)
        if self.vectors is not None and len(self.owners):
            best[self.owners] = np.maximum.reduceat(self.vectors @ query, self.starts)
        return best

    def closest(self, question: str, passages: Sequence[int]) -> dict[int, float]:
        """Return for some passages how near their nearest sentence is letter by letter, 0 to 1."""
        ends = np.append(self.starts[1:], len(self.texts))
        found: dict[int, float] = {}
        for at in passages:
            place = int(np.searchsorted(self.owners, at))
            if place < len(self.owners) and self.owners[place] == at:
                own = self.texts[self.starts[place] : ends[place]]
                best = process.extractOne(question, own, scorer=fuzz.ratio)
                found[at] = best[1] / 100 if best else 0.0
        return found


async def rows_of(groups: Sequence[Sequence[str]], encoder: TextEncoder | None) -> Rows:
    """Encode the sentences of every passage (milliseconds each, once); without an encoder keep their letters only."""
    texts = [text for group in groups for text in group]
    owners = [at for at, group in enumerate(groups) if group]
    sizes = [len(groups[at]) for at in owners]
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if sizes else np.zeros(0)
    return Rows(
        texts=tuple(text.lower() for text in texts),
        owners=np.asarray(owners, dtype=np.intp),
        starts=np.asarray(starts, dtype=np.intp),
        vectors=await encoder.encode(texts) if encoder and texts else None,
    )
