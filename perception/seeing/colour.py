"""The colours of a picture as a vector, weighted towards what stands out from its border.

ImageNet features are nearly blind to the colour of a garment; a colour histogram is blind to its shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.ports import Picture, Vectors
from perception.seeing.pixels import resized
from perception.seeing.vectors import unit

_SIDE = 96
"""Pixels a side that are counted; more change nothing."""
_BINS = (6, 7, 7)
"""Bins of lightness, green-red and blue-yellow."""
DIMENSION = _BINS[0] * _BINS[1] * _BINS[2]

_LOW = np.array([5, -60, -60], np.float32)
_STEP = np.array([18, 20, 20], np.float32)
_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32
) / np.array([[0.9505], [1.0], [1.089]], np.float32)
"""sRGB (linear) to CIE XYZ over the white point D65 (IEC 61966-2-1)."""

_LINEAR = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_LINEAR > 0.04045, ((_LINEAR + 0.055) / 1.055) ** 2.4, _LINEAR / 12.92).astype(np.float32)

Plane = NDArray[np.float32]


def lab(picture: Picture) -> Plane:
    """Return CIE L*a*b*, float32 (height, width, 3); L* runs from 0 to 100."""
    xyz = _LINEAR[picture] @ _TO_XYZ.T
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def standing_out(colours: Plane) -> Plane:
    """Return how far each place is from the border's median colour, 0 to 1, most in the middle.

    `colours` is L*a*b* of shape (height, width, 3).
    """
    height, width = colours.shape[:2]
    edge = max(1, min(height, width) // 32)
    sides = (colours[:edge], colours[-edge:], colours[:, :edge], colours[:, -edge:])
    border = np.concatenate([side.reshape(-1, 3) for side in sides])
    far = np.linalg.norm(colours - np.median(border, axis=0), axis=-1)
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    middle = np.exp(-2 * (x * x + y * y))
    return np.asarray(middle / (1 + np.exp(np.clip(3 - far / 4, -30, 30))), np.float32)


def colour_vector(picture: Picture) -> Vectors:
    """Return the square roots of a soft L*a*b* histogram, float32 (294,) of unit length."""
    colours = lab(resized(picture, _SIDE, _SIDE))
    weights = standing_out(colours).ravel() + 1e-4
    place = np.clip((colours.reshape(-1, 3) - _LOW) / _STEP, 0, np.array(_BINS) - 1.001)
    cell = place.astype(np.intp)
    part = place - cell
    histogram = np.zeros(DIMENSION)
    shares = np.stack([1 - part, part])
    for i, j, k in np.ndindex(2, 2, 2):
        share = shares[i, :, 0] * shares[j, :, 1] * shares[k, :, 2] * weights
        bins = ((cell[:, 0] + i) * _BINS[1] + cell[:, 1] + j) * _BINS[2] + cell[:, 2] + k
        histogram += np.bincount(bins, share, DIMENSION)
    vector: Vectors = unit(np.sqrt(histogram).astype(np.float32)[None])[0]
    return vector
