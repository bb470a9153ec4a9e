"""Whether there is anything to make out in a photo."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.ports import Picture
from perception.media.frames import sharpness

_SIDE = 512
_DARK = 12.0
"""Mean brightness, of 255. 240 photos of shelves and of studios at a twentieth of their light have at most 11.3, at a
fifth at least 17.8."""
_BLURRED = 0.008
"""Of the Laplacian's variance to the picture's own. The same photos have at least .012; blurred over a hundredth of
their longer side at most .0066."""

_PARTS = 16
_EMPTY = 1.0
"""Spread of brightness, of 255, over 16 by 16 parts. Noise alone has at most .8; 66 photos at a tenth of their light
at least 1.1, at a twentieth at least .6."""


def why_unclear(picture: Picture) -> str:
    """Return "dark_photo" or "blurred_photo" for a photo in which nothing can be made out, "" for every other."""
    image = Image.fromarray(picture).convert("L")
    image.thumbnail((_SIDE, _SIDE))
    grey = np.asarray(image, np.float32)
    if grey.mean() < _DARK:
        return "dark_photo"
    is_tiny = min(grey.shape) < 3
    return "blurred_photo" if is_tiny or sharpness(grey) < _BLURRED * max(float(grey.var()), 1.0) else ""


def is_black(picture: Picture) -> bool:
    """Return whether a photo is dark and holds nothing but noise, such as one taken with a finger on the lens.

    A finder that has not learned yet takes noise for something that it might know.
    """
    parts = Image.fromarray(picture).convert("L").resize((_PARTS, _PARTS), Image.Resampling.BOX)
    grey = np.asarray(parts, np.float32)
    return bool(grey.mean() < _DARK and grey.std() < _EMPTY)
