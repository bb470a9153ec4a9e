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
AFAR = 5
"""The same where the whole photo is seen from twice as far: a close-up shows parts at the size they have in a shot."""
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

    async def encode_places(self, pictures: Sequence[Picture], *, side: int) -> Vectors:
        """Return float32 (n, side * side, d), places row by row."""
        ...


async def places_of(encoder: ImageEncoder, pictures: Sequence[Picture]) -> Vectors:
    """Return the places of two cuts of each picture, float32 (n, 2, 100, 3 + d); d is 0 without a `PlaceEncoder`."""
    cuts = await in_worker(lambda: [cut for one in pictures for cut in cuts_of(one)])
    seen = await _seen(encoder, cuts, SIDE)
    return seen.reshape(len(pictures), CUTS, *seen.shape[1:])


def cuts_of(picture: Picture) -> list[Picture]:
    """Return the two cuts that are looked at place by place."""
    return [salient(picture), middle(picture, _MIDDLE)]


async def places_from_afar(encoder: ImageEncoder, pictures: Sequence[Picture]) -> Vectors:
    """Return the places of whole pictures, float32 (n, 25, 3 + d)."""
    return await _seen(encoder, pictures, AFAR)


async def _seen(encoder: ImageEncoder, cuts: Sequence[Picture], side: int) -> Vectors:
    colours = await in_worker(lambda: np.array([_colours(cut, side) for cut in cuts], np.float32))
    parts = [colours.reshape(len(cuts), side * side, COLOURS)]
    if isinstance(encoder, PlaceEncoder):
        parts.append(await encoder.encode_places(cuts, side=side))
    return np.concatenate(parts, axis=-1)


def _colours(cut: Picture, side: int) -> Vectors:
    pixels = lab(resized(cut, side * _PIXELS, side * _PIXELS)).reshape(side, _PIXELS, side, _PIXELS, COLOURS)
    return np.asarray(pixels.mean(axis=(1, 3)).reshape(-1, COLOURS) / 100, np.float32)
