"""How pictures look: the encoder's vector over several views, and the colours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.colour import colour_vector
from perception.seeing.vectors import unit
from perception.seeing.views import views


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks of n pictures, a row each."""

    shapes: Vectors
    """The encoder's unit vectors, the mean over the views, float32 (n, dimension)."""
    colours: Vectors
    """Unit vectors, float32 (n, 294)."""

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.shapes)

    def __getitem__(self, rows: Sequence[int]) -> Looks:
        """Return some of the rows."""
        return Looks(self.shapes[list(rows)], self.colours[list(rows)])


async def look_at(encoder: ImageEncoder, pictures: Sequence[Picture]) -> Looks:
    """Return the looks of the pictures; raises `MediaError` when one is not uint8 RGB."""
    seen = await in_worker(lambda: [views(picture) for picture in pictures])
    flat = [view for several in seen for view in several]
    vectors, colours = await asyncio.gather(
        encoder.encode(flat), in_worker(lambda: np.array([colour_vector(picture) for picture in pictures]))
    )
    means = vectors.reshape(len(pictures), -1, vectors.shape[1]).mean(axis=1)
    return Looks(unit(means), colours.astype(np.float32))
