"""What customers' photos have behind the thing: table tops, cloth, floor, made of noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
"""A value per pixel, shape (height, width)."""


def backdrop(name: str, lot: Random, size: int) -> Image.Image:
    """Return a square backdrop, `size` pixels wide; `name` is one of `BACKDROPS`."""
    rgb = BACKDROPS[name](lot, size)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def noise(lot: Random, size: int, grain: int, stretch: int = 1) -> Field:
    """Return smooth noise from 0 to 1 with blots of `grain` pixels, `stretch` times as wide as high."""
    cells = max(2, size // grain)
    seeds = np.random.Generator(np.random.PCG64(int(lot.random() * 2**32)))
    coarse = seeds.random((cells, max(2, cells // stretch)), dtype=np.float32)
    picture = Image.fromarray((coarse * 255).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


def _wood(lot: Random, size: int) -> Field:
    tone = np.array([(176, 124, 78), (132, 88, 54), (206, 168, 122)][int(lot.random() * 3)], dtype=np.float32)
    rows = np.arange(size, dtype=np.float32)[:, None]
    grain = np.sin(rows / 7 + 9 * noise(lot, size, 160, 3)) * 0.05 + (noise(lot, size, 5, 14) - 0.5) * 0.22
    planks = np.where(rows % (size / 4) < 3, 0.72, 1.0)
    return _tinted(tone, (1 + grain) * planks)


def _cloth(lot: Random, size: int) -> Field:
    tone = np.array([(150, 60, 64), (70, 96, 130), (206, 198, 180)][int(lot.random() * 3)], dtype=np.float32)
    at = np.arange(size, dtype=np.float32)
    weave = 1 + 0.06 * np.sin(at / 1.6)[:, None] * np.sin(at / 1.6)[None, :]
    checks = 1 + 0.16 * ((at // 60 % 2)[:, None] + (at // 60 % 2)[None, :] - 1)
    folds = 0.75 + 0.45 * noise(lot, size, 150)
    return _tinted(tone, weave * checks * folds)


def _kitchen(lot: Random, size: int) -> Field:
    stone = 196 + 42 * (noise(lot, size, 4) - 0.5) + 60 * (noise(lot, size, 90) - 0.5)
    tiles = np.array((214, 222, 220), dtype=np.float32) * np.ones((size, size, 1), dtype=np.float32)
    at = np.arange(size)
    joints = ((at % 110 < 4)[:, None] | (at % 110 < 4)[None, :])[..., None]
    tiles = np.where(joints, 168, tiles)
    wall = (at < size * (0.35 + 0.2 * lot.random()))[:, None, None]
    return np.asarray(np.where(wall, tiles, stone[..., None] * np.array((1.0, 0.97, 0.92))), dtype=np.float32)


def _carpet(lot: Random, size: int) -> Field:
    tone = np.array([(96, 92, 104), (164, 150, 124), (64, 92, 84)][int(lot.random() * 3)], dtype=np.float32)
    return _tinted(tone, 0.7 + 0.6 * noise(lot, size, 3) + 0.2 * noise(lot, size, 120))


def _tinted(tone: Field, brightness: Field) -> Field:
    return np.asarray(tone * brightness[..., None], dtype=np.float32)


BACKDROPS: Mapping[str, Callable[[Random, int], Field]] = MappingProxyType(
    {"wood": _wood, "cloth": _cloth, "kitchen": _kitchen, "carpet": _carpet}
)
"""Name -> painter of an RGB field, shape (size, size, 3)."""
