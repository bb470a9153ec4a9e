"""Whether a photo is fit to be looked at: too dark, or nowhere sharp."""

from __future__ import annotations

import numpy as np

from core.ports import Picture
from perception.seeing.pixels import resized

_SIDE = 384
"""Pixels a side on which sharpness is measured: so a large photo is not called soft for its size."""
_DARK = 40.0
"""Brightness of the brightest twentieth below which nothing can be made out, of 255.

Of 252 photos (those of `_SOFT`) the darkest has 102.
"""
_SOFT = 0.065
"""The steepest steps between neighbouring pixels, as a share of the photo's contrast, below which no edge is sharp.

Of 252 photos (catalogues, phones, groceries) none lies below .087; the same blurred by 3% of their width lie below
.062 but for one in forty.
"""
_CONTRAST = 24.0
"""Least contrast at which sharpness means anything."""


def faults(picture: Picture) -> list[str]:
    """Return what is wrong with a photo, uint8 RGB: "dark_photo", "blurred_photo" or nothing.

    A photo may be recognised all the same; the faults explain why one was not.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    small = resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    grey = small.astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    if np.percentile(grey, 95) < _DARK:
        return ["dark_photo"]
    return ["blurred_photo"] if sharpness(grey) < _SOFT else []


def sharpness(grey: np.ndarray) -> float:
    """Return the steepest steps of a grey picture as a share of its contrast, 0 to 1; 1 where there is no contrast."""
    low, high = np.percentile(grey, (1, 99))
    contrast = float(high - low)
    if contrast < _CONTRAST:
        return 1.0
    steps = np.concatenate([np.abs(np.diff(grey, axis=axis)).ravel() for axis in (0, 1)])
    return float(np.percentile(steps, 99.5)) / contrast
