"""Places of a picture, ten by ten: the colour of each, and what the encoder sees there where it can tell.

What is compared place by place needs no cut-out: the shelf behind a carton finds nothing in the
catalogue's picture, while each part of the carton finds its like (late interaction, Khattab and
Zaharia 2020, https://arxiv.org/abs/2004.12832).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.colour import lab
from perception.seeing.pixels import resized
from perception.seeing.views import middle, salient

SIDE = 10
"""Places in a row and in a column."""
CUTS = 2
"""What stands out, and the middle: one of them mostly leaves little beside the thing."""
COLOURS = 3
"""Numbers of a place that are its colour: L*a*b*, over 100."""
_PIXELS = 8
"""Of each side of a place, when its colour is taken."""
_MIDDLE = 0.75


@runtime_checkable
class PlaceEncoder(ImageEncoder, Protocol):
    """An encoder that can also say what it sees where."""

    async def encode_places(self, pictures: Sequence[Picture]) -> Vectors:
        """Return float32 (n, 100, d), places row by row."""
        ...


async def places_of(encoder: ImageEncoder, pictures: Sequence[Picture]) -> Vectors:
    """Return the places of two cuts of each picture, float32 (n, 2, 100, 3 + d); d is 0 without a `PlaceEncoder`."""
    cuts = await in_worker(lambda: [cut for one in pictures for cut in (salient(one), middle(one, _MIDDLE))])
    colours = await in_worker(lambda: np.array([_colours(cut) for cut in cuts], np.float32))
    parts = [colours.reshape(len(pictures), CUTS, SIDE * SIDE, COLOURS)]
    if isinstance(encoder, PlaceEncoder):
        parts.append((await encoder.encode_places(cuts)).reshape(len(pictures), CUTS, SIDE * SIDE, -1))
    return np.concatenate(parts, axis=-1)


def _colours(cut: Picture) -> Vectors:
    side = SIDE * _PIXELS
    pixels = lab(resized(cut, side, side)).reshape(SIDE, _PIXELS, SIDE, _PIXELS, COLOURS)
    return np.asarray(pixels.mean(axis=(1, 3)).reshape(-1, COLOURS) / 100, np.float32)
