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


def why_unclear(picture: Picture) -> str:
    """Return "dark_photo" or "blurred_photo" for a photo in which nothing can be made out, "" for every other."""
    image = Image.fromarray(picture).convert("L")
    image.thumbnail((_SIDE, _SIDE))
    grey = np.asarray(image, np.float32)
    if grey.mean() < _DARK:
        return "dark_photo"
    is_tiny = min(grey.shape) < 3
    return "blurred_photo" if is_tiny or sharpness(grey) < _BLURRED * max(float(grey.var()), 1.0) else ""
