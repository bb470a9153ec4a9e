"""Customers' photos, imitated: a catalogue picture on another ground, in another light and frame.

They teach the finder how sure it may be before a single customer has sent a photo.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.ports import Picture
from perception.seeing.colour import lab
from perception.seeing.pixels import resized

_SIDE = 224
"""Pixels a side: what the encoders look at."""
_MASK_SIDE = 112


def distorted(picture: Picture, seed: int) -> Picture:
    """Return a picture as a customer might have taken it; the same seed gives the same photo."""
    draw = np.random.default_rng(seed)
    ground = scene(int(draw.integers(2**32)))
    thing = Image.fromarray(resized(picture, _SIDE, _SIDE))
    mask = _thing_mask(thing)
    matrix = _placement(draw)
    thing = thing.transform((_SIDE, _SIDE), Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)
    mask = mask.transform((_SIDE, _SIDE), Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)
    photo = Image.composite(thing, Image.fromarray(ground), mask)
    if draw.random() < 0.5:
        photo = photo.filter(ImageFilter.GaussianBlur(float(draw.uniform(0.3, 1.6))))
    return _lit(np.asarray(photo), draw)


def scene(seed: int) -> Picture:
    """Return a picture of nothing that a shop sells: plain ground, gradient, stripes, blobs, noise."""
    draw = np.random.default_rng(seed)
    coarse = int(draw.choice([1, 2, 3, 5, 9]))
    low, high = np.sort(draw.uniform(0, 255, 2))
    patches = draw.uniform(low, high, (coarse, coarse, 1)) + draw.normal(0, 22, (coarse, coarse, 3))
    blurry = Image.fromarray(np.clip(patches, 0, 255).astype(np.uint8))
    how = Image.Resampling.BICUBIC if draw.random() < 0.6 else Image.Resampling.NEAREST
    ground = np.asarray(blurry.resize((_SIDE, _SIDE), how), np.float32)
    grain = _noise(draw, (_SIDE, _SIDE, 1), draw.uniform(0, 12))
    return np.asarray(np.clip(ground + grain, 0, 255), np.uint8)


def _thing_mask(thing: Image.Image) -> Image.Image:
    """Return white where the thing is: everywhere, unless the picture has a plain border to tell it from."""
    colours = lab(np.asarray(thing.resize((_MASK_SIDE, _MASK_SIDE), Image.Resampling.BILINEAR)))
    border = np.concatenate([colours[:2].reshape(-1, 3), colours[-2:].reshape(-1, 3)])
    plain = np.median(border, axis=0)
    if np.percentile(np.linalg.norm(border - plain, axis=1), 75) > 4:
        return Image.new("L", thing.size, 255)
    far = Image.fromarray((np.linalg.norm(colours - plain, axis=-1) > 6).astype(np.uint8) * 255)
    return far.filter(ImageFilter.MaxFilter(3)).resize(thing.size, Image.Resampling.BILINEAR)


def _placement(draw: Generator) -> tuple[float, ...]:
    """Return the eight numbers of a perspective that turns, shifts, scales and tilts the thing."""
    scale, turn = 1 / draw.uniform(0.6, 1.25), np.deg2rad(draw.uniform(-14, 14))
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    tilt_x, tilt_y = draw.uniform(-6e-4, 6e-4, 2)
    half = _SIDE / 2
    x, y = half + draw.uniform(-0.1, 0.1, 2) * _SIDE
    return (cos, -sin, half - cos * x + sin * y, sin, cos, half - sin * x - cos * y, tilt_x, tilt_y)


def _lit(picture: Picture, draw: Generator) -> Picture:
    """Change brightness, contrast, colour of the light and noise."""
    light = np.float32(draw.uniform(0.7, 1.25) * np.exp(draw.normal(0, 0.07, 3)))
    curve = np.linspace(0, 1, 256, dtype=np.float32)[:, None] * light
    values = 255 * np.clip(curve, 0, 1) ** np.float32(draw.uniform(0.8, 1.25))
    grain = _noise(draw, picture.shape, draw.uniform(0, 6))
    lit = np.stack([values[picture[..., channel], channel] for channel in range(3)], axis=-1)
    return np.clip(lit + grain, 0, 255).astype(np.uint8)


def _noise(draw: Generator, shape: tuple[int, ...], strength: float) -> NDArray[np.float32]:
    return draw.standard_normal(shape, np.float32) * np.float32(strength)
