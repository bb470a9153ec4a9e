"""The space in which pictures are compared: encoder and colour, centred on the catalogue, weighed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.ports import Vectors
from perception.seeing.looks import Looks
from perception.seeing.vectors import fused, unit

_SHRINK = 8
"""Pictures of a small catalogue that count towards "nothing known": its own mean is not yet to be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """How looks become vectors that an inner product compares."""

    shape_centre: Vectors
    colour_centre: Vectors
    colour_weight: float
    """0 (the encoder alone) to 1 (colour alone)."""

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        return len(self.shape_centre) + len(self.colour_centre)

    def place(self, looks: Looks, *, colour_weight: float | None = None) -> Vectors:
        """Return unit vectors, float32 (n, dimension)."""
        weight = self.colour_weight if colour_weight is None else colour_weight
        shapes, colours = self.parts(looks)
        return fused([(1 - weight, shapes), (weight, colours)])

    def parts(self, looks: Looks) -> tuple[Vectors, Vectors]:
        """Return shapes and colours apart, unit vectors seen from the centre."""
        return unit(looks.shapes - self.shape_centre), unit(looks.colours - self.colour_centre)


def centred_on(catalogue: Looks, *, colour_weight: float) -> Space:
    """Return the space whose origin is what all pictures of the catalogue share (white ground, the same light)."""
    trust = len(catalogue) / (len(catalogue) + _SHRINK)
    return Space(
        shape_centre=np.asarray(catalogue.shapes.mean(axis=0) * trust, np.float32),
        colour_centre=np.asarray(catalogue.colours.mean(axis=0) * trust, np.float32),
        colour_weight=colour_weight,
    )
