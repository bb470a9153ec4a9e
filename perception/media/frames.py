"""Which frames of a film are worth looking at: sharp ones that differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.ports import Picture

FEWEST, MOST = 3, 6
_ALIKE = 12.0
"""Mean difference of two frames, of 255, below which a further one shows nothing new."""
_BLURRED = 0.35
"""Of the median sharpness: frames below it were filmed while the camera moved."""
_DARK = 16.0
"""Mean brightness, of 255, of a frame before the light or after the end."""
_SIDE = 128


def choose_frames(frames: Sequence[Picture]) -> list[int]:
    """Return the numbers of up to six frames, in their order: sharp, not dark, and as different as can be.

    Three are returned even where they are alike, if there are as many: a hand moves, and so does the light. They
    are found by taking the sharpest, and then again and again what is farthest from those that were taken.
    """
    if not frames:
        return []
    small = np.stack([_small(frame) for frame in frames])
    grey = small.mean(axis=3)
    sharp = np.array([sharpness(one) for one in grey])
    good = (sharp >= _BLURRED * np.median(sharp)) & (grey.mean(axis=(1, 2)) >= _DARK)
    left = np.flatnonzero(good) if good.any() else np.arange(len(frames))
    weight = np.sqrt(sharp[left] / max(sharp[left].max(), 1e-9))
    chosen = [int(weight.argmax())]
    gaps = _gaps(small[left], chosen[0])
    while len(chosen) < min(MOST, len(left)):
        score = gaps * (0.5 + weight)
        score[chosen] = -1
        best = int(score.argmax())
        if len(chosen) >= FEWEST and gaps[best] < _ALIKE:
            break
        chosen.append(best)
        gaps = np.minimum(gaps, _gaps(small[left], best))
    return sorted(int(left[one]) for one in chosen)


def sharpness(grey: np.ndarray) -> float:
    """Return the variance of the Laplacian of a grey picture: near 0 where everything is blurred."""
    centre = 4 * grey[1:-1, 1:-1]
    return float((centre - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]).var())


def _small(frame: Picture) -> np.ndarray:
    return np.asarray(Image.fromarray(frame).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR), np.float32)


def _gaps(small: np.ndarray, to: int) -> np.ndarray:
    gaps: np.ndarray = np.abs(small - small[to]).mean(axis=(1, 2, 3))
    return gaps
