"""The views under which one picture is looked at: whole, mirrored, its middle, what stands out."""

from __future__ import annotations

import numpy as np

from core.ports import Picture
from perception.seeing.colour import lab, standing_out
from perception.seeing.pixels import resized

_SIDE = 64
"""Pixels a side on which the standing-out object is sought."""
_MARGIN = 0.06
"""Kept around the object, as a share of the picture."""
_SMALLEST = 0.35
"""Share of a side below which a box is widened: a smaller one has missed the object."""


def views(picture: Picture) -> list[Picture]:
    """Return four views whose vectors are averaged; more than any single one they survive another framing."""
    mirrored = np.ascontiguousarray(middle(picture, 0.8)[:, ::-1])
    return [picture, mirrored, middle(picture, 0.6), salient(picture)]


def middle(picture: Picture, share: float) -> Picture:
    """Return the middle of a picture, `share` of each side."""
    height, width = picture.shape[:2]
    top, left = int(height * (1 - share) / 2), int(width * (1 - share) / 2)
    return np.ascontiguousarray(picture[top : height - top, left : width - left])


def salient(picture: Picture) -> Picture:
    """Return the box of what differs from the picture's border; the whole where nothing does."""
    place = standing_out(lab(resized(picture, _SIDE, _SIDE)))
    if place.max() < 0.3:
        return picture
    bounds = []
    for axis, size in ((1, picture.shape[0]), (0, picture.shape[1])):
        profile = np.cumsum(place.sum(axis=axis))
        low, high = np.searchsorted(profile / profile[-1], (0.04, 0.96)) / _SIDE
        bounds += _widened(float(low) - _MARGIN, float(high) + _MARGIN, size)
    top, bottom, left, right = bounds
    return np.ascontiguousarray(picture[top:bottom, left:right])


def _widened(low: float, high: float, size: int) -> list[int]:
    missing = max(0.0, _SMALLEST - (high - low)) / 2
    low, high = max(0.0, low - missing), min(1.0, high + missing)
    return [int(low * size), max(int(low * size) + 1, round(high * size))]
