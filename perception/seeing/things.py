"""The things in a photo, where several lie apart on a plain ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.ports import Picture
from core.sights import WHOLE, Region
from perception.seeing.colour import lab
from perception.seeing.pixels import resized

_SIDE = 64
"""Pixels a side on which things are told from the ground."""
_FAR = 12.0
"""Distance in L*a*b* from the border's colour from which on a pixel belongs to a thing."""
_PLAIN = 8.0
"""Spread of the border's colours up to which it is a ground; things before a shelf are not told apart."""
_LEAST = 0.025
"""Share of the picture that a thing takes at least."""
_ALIKE = 4.0
"""The largest thing is at most so many times as large as another: what is smaller is a part or a crumb."""
_MARGIN = 0.03


def things_in(photo: Picture, *, most: int) -> list[Region]:
    """Return where at most `most` things are, the most prominent first; the whole photo where one is seen, or none."""
    colours = lab(resized(photo, _SIDE, _SIDE))
    border = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    ground = np.median(border, axis=0)
    if np.percentile(np.linalg.norm(border - ground, axis=1), 80) > _PLAIN:
        return [WHOLE]
    far = Image.fromarray((np.linalg.norm(colours - ground, axis=-1) > _FAR).astype(np.uint8) * 255)
    closed = np.asarray(far.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))) > 0
    patches = sorted(_patches(closed), key=len, reverse=True)
    kept = [one for one in patches if len(one) >= max(_LEAST * _SIDE**2, len(patches[0]) / _ALIKE)]
    return [_region(one) for one in kept[:most]] if len(kept) > 1 and most > 1 else [WHOLE]


def part(photo: Picture, region: Region) -> Picture:
    """Return the part of a photo."""
    height, width = photo.shape[:2]
    left, top, right, bottom = region
    rows = slice(int(top * height), max(int(top * height) + 1, round(bottom * height)))
    return np.ascontiguousarray(photo[rows, int(left * width) : max(int(left * width) + 1, round(right * width))])


def _patches(covered: NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    """Return the pixels of each patch that hangs together, also over corners."""
    left = set(zip(*(axis.tolist() for axis in np.nonzero(covered)), strict=True))
    found = []
    while left:
        patch, edge = [], [left.pop()]
        while edge:
            y, x = edge.pop()
            patch.append((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge += near
        found.append(patch)
    return found


def _region(patch: list[tuple[int, int]]) -> Region:
    rows, columns = [y for y, _ in patch], [x for _, x in patch]
    return (
        max(0.0, min(columns) / _SIDE - _MARGIN),
        max(0.0, min(rows) / _SIDE - _MARGIN),
        min(1.0, (max(columns) + 1) / _SIDE + _MARGIN),
        min(1.0, (max(rows) + 1) / _SIDE + _MARGIN),
    )
