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
from perception.seeing.places import COLOURS, CUTS, SIDE
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
_AWAY = 2
"""Places by which a part may have moved where the layout is compared."""
_PRIOR = np.array([10.0, 4.0, 12.0, 14.0, 6.0, 2.0, 12.0, 6.0, 12.0, 20.0, 5.0, 2.0, 8.0])
"""Weights before anything is learned: shape, colour; of what stands out the four marks of `_found` and the two of
`_laid_out`; of the middle the four; of the photo seen from afar one."""
_BLIND = np.array([50.0, 15.0] + [1e-3] * (len(_PRIOR) - 2))
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


@dataclass(frozen=True, slots=True)
class _Grid:
    """Places of one photo, or of several pictures."""

    hues: Vectors
    """(..., places, 3)."""
    seen: Vectors
    """Unit vectors, (..., places, k)."""


@dataclass(frozen=True, slots=True)
class _Alike:
    """How alike the places of a photo and those of n pictures are, each (places, n, places)."""

    seen: Vectors
    nearness: Vectors
    """Of the colours."""

    @property
    def both(self) -> Vectors:
        """Return the mean of the two."""
        return np.asarray((self.seen + self.nearness) / 2, np.float32)


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
        theirs = self._grid(pictures.places[:, 0])
        for cut in range(CUTS):
            ours = self._grid(photo.places[0, cut])
            alike = _alike(ours, theirs)
            marks += _found(alike, ours)
            if cut == 0:
                marks += _laid_out(alike, ours, theirs)
        afar = self._grid(photo.afar[0])
        marks.append(_shares(afar.hues) @ _alike(afar, theirs).both.max(axis=2))
        return np.stack(marks, axis=1).astype(np.float64)

    def _grid(self, places: Vectors) -> _Grid:
        return _Grid(places[..., :COLOURS], self._placed(places))

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


def _alike(ours: _Grid, theirs: _Grid) -> _Alike:
    """Compare each place of a photo with each place of each picture."""
    count = len(theirs.hues)
    nearness = _near(ours.hues, theirs.hues.reshape(-1, COLOURS)).reshape(len(ours.hues), count, -1)
    return _Alike(np.einsum("pd,nrd->pnr", ours.seen, theirs.seen, optimize=True), nearness)


def _found(alike: _Alike, ours: _Grid) -> list[Vectors]:
    """Return four marks: how well the places of a photo are found in each picture, and its in the photo."""
    shares = _shares(ours.hues)
    return [
        alike.seen.max(axis=2).mean(axis=0),
        alike.seen.max(axis=0).mean(axis=1),
        shares @ alike.both.max(axis=2),
        shares @ alike.nearness.max(axis=2),
    ]


def _laid_out(alike: _Alike, ours: _Grid, theirs: _Grid) -> list[Vectors]:
    """Return two marks with exact colours: places found about where they are, and the picture's places in the photo.

    A photo may be the mirror image of a picture, such as a view from behind.
    """
    exact = (alike.seen + np.square(np.square(alike.nearness))) / 2  # the fourth power halves the width
    shares, their_shares = _shares(ours.hues), _shares(theirs.hues)
    ways = []
    for there in (_ABOUT, _MIRRORED):
        kept = np.where(there[:, None], exact, -1)
        ways.append((shares @ kept.max(axis=2) + (kept.max(axis=0) * their_shares).sum(axis=1)) / 2)
    return [np.maximum(*ways), (exact.max(axis=0) * their_shares).sum(axis=1)]


def _shares(hues: Vectors) -> Vectors:
    """Return how much each place counts: white ground nearly nothing; a sum of one over the places."""
    ground = np.linalg.norm(hues - np.array([1, 0, 0], np.float32), axis=-1) < _WHITE
    shares = np.where(ground, 1e-3, 1).astype(np.float32)
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True), np.float32)


def _places_about() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which places lie about where each place is, and about where it is in the mirror, (100, 100)."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    level = np.abs(row[:, None] - row) <= _AWAY
    mirrored = SIDE - 1 - column
    return level & (np.abs(column[:, None] - column) <= _AWAY), level & (np.abs(mirrored[:, None] - column) <= _AWAY)


_ABOUT, _MIRRORED = _places_about()


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
