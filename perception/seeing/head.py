"""The light head: how alike a photo and the likeliest pictures are, by several marks and what each is worth.

What is learned are a whitening of the places and one weight for each mark, always above none: few
numbers, so that they fit products whose photos were never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.ports import Vectors
from perception.seeing.looks import Looks
from perception.seeing.places import COLOURS, CUTS
from perception.seeing.space import Space

_KEPT = 128
"""Directions of the places after whitening."""
_NOISE = 0.1
"""Of the weakest kept direction's strength, added to all: the weakest are not blown up."""
_POWER = 0.25
"""Half of whitening; all of it made rare texture louder than the thing."""
_LIGHTNESS = 0.7
"""Weight of lightness beside hue: light changes it first."""
_WIDTH = 0.06
"""Colours of one surface lie this near, in L*a*b* over 100."""
_WHITE = 0.04
"""Nearer to white than this, a place of a catalogue-like photo is ground."""
_PRIOR = np.array([10.0, 4.0, 12.0, 14.0, 6.0, 2.0, 12.0, 20.0, 5.0, 2.0])
"""Weights before anything is learned: shape, colour; for each cut the four marks of `_between`."""
_BLIND = np.array([50.0, 15.0] + [1e-3] * 4 * CUTS)
"""The same for an encoder that cannot tell what it sees where."""
_TRUST = 0.05
"""How strongly the weights are held to the prior, in logarithms: a factor of e costs this much surprise a photo."""
_STEPS = 120

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A photo with the marks of the pictures that may show the same."""

    marks: Floats
    """Of each picture, (n, marks)."""
    is_right: NDArray[np.bool_]
    """Which of them show what the photo shows, at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Judge pictures, a few at a time, against one photo."""

    centre: Vectors
    """Of the places, float32 (d,)."""
    whitening: Vectors
    """float32 (d, k)."""
    weights: Floats
    """Of the marks, all above zero."""

    def scores(self, marks: Floats) -> Floats:
        """Return one score for each picture, the weighted mean of its marks."""
        return np.asarray(marks @ (self.weights / self.weights.sum()), np.float64)

    def marks(self, space: Space, photo: Looks, pictures: Looks) -> Floats:
        """Return how alike `photo`, a single row, and each picture are, (n, marks), none above 1."""
        shapes, colours = space.parts(photo), space.parts(pictures)
        marks = [colours[0] @ shapes[0][0], colours[1] @ shapes[1][0]]
        ours, theirs = self._placed(photo.places[0]), self._placed(pictures.places[:, 0])
        hues, their_hues = photo.places[0, ..., :COLOURS], pictures.places[:, 0, :, :COLOURS]
        for cut in range(CUTS):
            marks += _between(hues[cut], ours[cut], their_hues, theirs)
        return np.stack(marks, axis=1).astype(np.float64)

    def _placed(self, places: Vectors) -> Vectors:
        flat = (places[..., COLOURS:] - self.centre) @ self.whitening
        return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-12), np.float32)


def untaught(sample: Looks) -> Head:
    """Return the head before it has learned weights; `sample` is of catalogue pictures and photos, any mixture."""
    seen = sample.places[..., COLOURS:]
    places = seen.reshape(int(np.prod(seen.shape[:-1])), seen.shape[-1])
    centre = places.mean(axis=0) if places.size else np.zeros(places.shape[1], np.float32)
    spread = (places - centre).T @ (places - centre) / max(len(places), 1)
    strengths, directions = np.linalg.eigh(spread) if spread.size else (np.empty(0), spread)
    kept = min(_KEPT, len(centre))
    strengths, directions = np.maximum(strengths[::-1][:kept], 1e-9), directions[:, ::-1][:, :kept]
    whitening = directions / (strengths + _NOISE * strengths[-1:]) ** _POWER
    return Head(
        centre=np.asarray(centre, np.float32),
        whitening=np.asarray(whitening, np.float32),
        weights=(_PRIOR if kept else _BLIND).copy(),
    )


def taught(head: Head, photos: Sequence[Asked]) -> Head:
    """Return the head with the weights under which the right pictures of the photos come first.

    They minimise the surprise at the right picture, in logarithms of the weights, held to what they
    were before anything was learned; without photos nothing changes.
    """
    if not photos:
        return head
    learned = np.zeros(len(_PRIOR))
    step, before = 0.5, np.inf
    for _ in range(_STEPS):
        surprise, slope = _surprise(head.weights * np.exp(learned), photos)
        surprise += _TRUST * float(learned @ learned) / len(learned)
        if surprise > before:
            step /= 2
        before = surprise
        slope = slope * head.weights * np.exp(learned) + 2 * _TRUST * learned / len(learned)
        learned = np.clip(learned - step * slope, -3, 3)
    return Head(centre=head.centre, whitening=head.whitening, weights=head.weights * np.exp(learned))


def _between(hues: Vectors, places: Vectors, their_hues: Vectors, their_places: Vectors) -> list[Vectors]:
    """Return four marks of one cut of a photo: (100, 3) and (100, k) against (n, 100, 3) and (n, 100, k)."""
    count = len(their_hues)
    nearness = _near(hues, their_hues.reshape(-1, COLOURS)).reshape(len(hues), count, -1)
    seen = np.einsum("pd,nrd->pnr", places, their_places, optimize=True)
    ground = np.linalg.norm(hues - np.array([1, 0, 0], np.float32), axis=1) < _WHITE
    shares = np.where(ground, 1e-3, 1).astype(np.float32)
    shares /= shares.sum()
    both = (seen + nearness).max(axis=2) / 2
    return [seen.max(axis=2).mean(axis=0), seen.max(axis=0).mean(axis=1), shares @ both, shares @ nearness.max(axis=2)]


def _near(some: Vectors, others: Vectors) -> Vectors:
    weights = np.array([_LIGHTNESS, 1, 1], np.float32)
    some, others = some * weights, others * weights
    far = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * some @ others.T
    return np.asarray(np.exp(-np.maximum(far, 0) / np.float32(2 * _WIDTH**2)), np.float32)


def _surprise(weights: Floats, photos: Sequence[Asked]) -> tuple[float, Floats]:
    """Return the mean surprise at the right pictures and its slope over the weights."""
    total, slope = 0.0, np.zeros(len(weights))
    for photo in photos:
        raised = photo.marks @ weights
        raised = np.exp(raised - raised.max())
        share = raised / raised.sum()
        right = float(share[photo.is_right].sum())
        among = np.where(photo.is_right, share / max(right, 1e-12), 0.0)
        total -= np.log(max(right, 1e-12))
        slope += (share - among) @ photo.marks
    return total / len(photos), slope / len(photos)
