"""How pictures look: the encoder's vector over several views, the colours, and what is seen at which place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.colour import colour_vector
from perception.seeing.places import places_from_afar, places_of
from perception.seeing.vectors import unit
from perception.seeing.views import views

_NO_PLACES: Vectors = np.empty((0, 2, 100, 3), np.float32)
_NOT_AFAR: Vectors = np.empty((0, 25, 3), np.float32)


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks of n pictures, a row each."""

    shapes: Vectors
    """The encoder's unit vectors, the mean over the views, float32 (n, dimension)."""
    colours: Vectors
    """Unit vectors, float32 (n, 294)."""
    places: Vectors = field(default_factory=lambda: _NO_PLACES)
    """Of two cuts, float32 (n, 2, 100, 3 + d): see `places_of`. No rows where nothing is compared place by place."""
    afar: Vectors = field(default_factory=lambda: _NOT_AFAR)
    """Of the whole seen from twice as far, float32 (n, 25, 3 + d), with as many rows as the places."""

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.shapes)

    def __getitem__(self, rows: Sequence[int]) -> Looks:
        """Return some of the rows."""
        at = list(rows)
        placed = (self.places[at], self.afar[at]) if len(self.places) else ()
        return Looks(self.shapes[at], self.colours[at], *placed)


async def look_at(encoder: ImageEncoder, pictures: Sequence[Picture]) -> Looks:
    """Return the looks of the pictures; raises `MediaError` when one is not uint8 RGB."""
    seen = await in_worker(lambda: [views(picture) for picture in pictures])
    flat = [view for several in seen for view in several]
    vectors, colours, places, afar = await asyncio.gather(
        encoder.encode(flat),
        in_worker(lambda: np.array([colour_vector(picture) for picture in pictures])),
        places_of(encoder, pictures),
        places_from_afar(encoder, pictures),
    )
    means = vectors.reshape(len(pictures), -1, vectors.shape[1]).mean(axis=1)
    return Looks(unit(means), colours.astype(np.float32), places, afar)


def joined(parts: Sequence[Looks]) -> Looks:
    """Return the looks of all parts, one after the other."""
    return Looks(**{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Looks)})
