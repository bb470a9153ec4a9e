"""A large catalogue, drawn from the looks of a small real one.

Each drawn picture is a real one, moved a little way along a random mixture of the differences between real
ones (a smoothed bootstrap: Silverman and Young 1987), so that the vectors keep the mean and the covariance of real
ones. A drawn photo is a drawn picture plus what imitating a customer's photo did to the real picture behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from perception.seeing.looks import Looks

_MOVED = 0.5
"""How far: 0 repeats real pictures, 1 forgets which one it was."""
_BLOCK = 512
"""Pictures drawn at once; the places of one take 100 kB until they are kept."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RealLooks:
    """Looks of real pictures, and of one imitated customer's photo of each, in the same order."""

    pictures: Looks
    photos: Looks


def draw_pictures(
    real: RealLooks, count: int, keep: Callable[[int, dict[str, Numbers]], None], *, seed: int = 7
) -> NDArray[np.intp]:
    """Draw `count` pictures, hand them to `keep` in blocks (first number, arrays), and return what each is made of."""
    draw = np.random.default_rng(seed)
    behind = draw.integers(0, len(real.pictures), count)
    for start in range(0, count, _BLOCK):
        some = behind[start : start + _BLOCK]
        mixture = draw.standard_normal((len(some), len(real.pictures)), np.float32)
        keep(start, {field.name: _moved(getattr(real.pictures, field.name), some, mixture) for field in fields(Looks)})
    return behind


def photographed(pictures: Looks, real: RealLooks, behind: NDArray[np.intp]) -> Looks:
    """Return the looks of customers' photos of drawn pictures that were made from the real ones `behind`."""
    changed = {}
    for field in fields(Looks):
        rows, before, after = (getattr(looks, field.name) for looks in (pictures, real.pictures, real.photos))
        change = after[behind] - before[behind]
        changed[field.name] = _unit_as(rows + change, before) if before.ndim == 2 else after[behind]
    return Looks(**changed)


def _moved(rows: Numbers, behind: NDArray[np.intp], mixture: Numbers) -> Numbers:
    """Move vectors; arrays of more dimensions, which nothing is searched by, are repeated."""
    if rows.ndim != 2:
        return rows[behind]
    mean = rows.mean(axis=0)
    spread = mixture @ (rows - mean) / np.float32(len(rows) ** 0.5)
    return _unit_as(mean + (1 - _MOVED**2) ** 0.5 * (rows[behind] - mean) + _MOVED * spread, rows)


def _unit_as(moved: Numbers, real: Numbers) -> Numbers:
    """Return vectors on the sphere, and without negative numbers, where the real ones are so."""
    kept = np.maximum(moved, 0) if (real >= 0).all() else moved
    length = np.linalg.norm(kept, axis=1, keepdims=True)
    is_unit = np.allclose(np.linalg.norm(real, axis=1), 1, atol=1e-2)
    return np.asarray(kept / np.maximum(length, 1e-12) if is_unit else kept, np.float32)
