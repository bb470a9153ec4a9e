"""What the catalogue's own pictures teach before a customer has sent one: imitated photos, held-out views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from core.ports import VectorIndex, Vectors
from perception.seeing.calibrate import Trial
from perception.seeing.finder import NEIGHBOURS, Owner

_IMITATIONS = 240
"""Customers' photos imitated to learn from; more change the thresholds little and cost 30 ms each."""
_SCENES = 40
"""Pictures of nothing, which must be called unknown."""

Owners = Mapping[str, tuple[Owner, ...]]
"""Picture -> those who show it."""


def imitated(keys: Sequence[str]) -> list[str]:
    """Return the keys of imitated photos ("KEY~0"), spread evenly over the catalogue, and of scenes ("scene~0")."""
    count = max(_IMITATIONS, 0)
    rounds = -(-min(count, 3 * len(keys)) // len(keys))
    step = max(1.0, len(keys) * rounds / count)
    chosen = [keys[int(i * step) % len(keys)] for i in range(int(len(keys) * rounds / step))]
    counted: dict[str, int] = {}
    names = []
    for key in chosen:
        counted[key] = counted.get(key, -1) + 1
        names.append(f"{key}~{counted[key]}")
    return [*names, *(f"scene~{number}" for number in range(_SCENES))]


def with_twin(pictures: Sequence[str], owners: Owners) -> frozenset[str]:
    """Return the pictures whose variants are shown by another picture, too."""
    count = Counter(owner for key in pictures for owner in owners[key])
    return frozenset(key for key in pictures if all(count[owner] > 1 for owner in owners[key]))


def held_out(pictures: Sequence[str], twins: frozenset[str]) -> list[str]:
    """Return some of the pictures that have a twin, evenly: views to be asked about."""
    views = [key for key in pictures if key in twins]
    return views[:: max(1, len(views) // _IMITATIONS)]


def trials_of(
    index: VectorIndex, photos: Sequence[str], vectors: Vectors, owners: Owners, twins: frozenset[str]
) -> list[Trial]:
    """Ask about each photo twice: as it is, and as if the shop did not sell what it shows.

    Of `twins`, pictures that have another view beside them, a photo's own is left out: a customer's
    photo is never the catalogue's own shot. Only the nearest pictures are looked at, so that the time
    grows with the photos, not with the catalogue.
    """
    trials: list[Trial] = []
    for photo, near in zip(photos, index.search(vectors, NEIGHBOURS), strict=True):
        source = photo.partition("~")[0]
        shown = {product for product, _ in owners.get(source, ())}
        best: dict[str, float] = {}
        for picture, score in near:
            if picture != source or source not in twins:
                for product, _ in owners[picture]:
                    best.setdefault(product, score)
        trials += _both_ways(best, shown)
    return trials


def _both_ways(best: Mapping[str, float], shown: set[str]) -> list[Trial]:
    scores = np.array(list(best.values()), np.float64)
    is_shown = np.array([product in shown for product in best], bool)
    trials = [Trial(scores=scores[~is_shown], answer=None)] if not is_shown.all() else []
    if is_shown.any():
        trials.append(Trial(scores=scores, answer=int(is_shown.argmax())))
    elif shown and len(scores):  # it is farther than all of these
        trials.append(Trial(scores=np.append(scores, scores[-1]), answer=len(scores)))
    return trials
