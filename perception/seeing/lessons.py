"""What a finder learns from photos whose products are known: its head, and how sure it may be.

Before a customer has sent one these are the catalogue's own pictures: imitated photos and held-out views.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from perception.seeing.calibrate import Trial, calibrate
from perception.seeing.finder import Compared, Finder, Owner
from perception.seeing.head import Asked, taught
from perception.seeing.look_book import LookBook

_IMITATIONS = 160
"""Customers' photos imitated to learn from; more change the thresholds little and cost 0.2 s each."""
_SCENES = 40
"""Pictures of nothing, which must be called unknown."""
_VIEWS = 80
"""Held-out views of the catalogue to learn from."""

Owners = Mapping[str, tuple[Owner, ...]]
"""Picture -> those who show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A photo, and what it shows."""

    row: int
    """Where the book has its look."""
    products: frozenset[str]
    """Empty for a photo of nothing that is sold."""
    source: str = ""
    """The picture of the catalogue that it was made from, or is."""
    is_apart: bool = False
    """Whether that picture is left out when it is asked about: a customer's photo is never the catalogue's own shot."""

    @property
    def without(self) -> str:
        """Return the picture that is left out, if any."""
        return self.source if self.is_apart else ""


def imitated(keys: Sequence[str]) -> list[str]:
    """Return the keys of imitated photos ("KEY~0"), spread evenly over the catalogue, and of scenes ("scene~0")."""
    rounds = -(-min(_IMITATIONS, 3 * len(keys)) // len(keys))
    step = max(1.0, len(keys) * rounds / _IMITATIONS)
    chosen = [keys[int(i * step) % len(keys)] for i in range(int(len(keys) * rounds / step))]
    counted: dict[str, int] = {}
    names = []
    for key in chosen:
        counted[key] = counted.get(key, -1) + 1
        names.append(f"{key}~{counted[key]}")
    return [*names, *(f"scene~{number}" for number in range(_SCENES))]


def own_lessons(rows: Mapping[str, int], imitations: Mapping[str, int], owners: Owners) -> list[Lesson]:
    """Return the lessons of a catalogue's own pictures: imitated photos, and views that have another beside them.

    `rows` are those of the catalogue's pictures, in its order, `imitations` those of the keys of `imitated`.
    """
    twins = _with_twin(list(rows), owners)
    views = [key for key in rows if key in twins]
    views = views[:: max(1, len(views) // _VIEWS)]
    return [_own(key, row, owners, twins) for key, row in [*imitations.items(), *((key, rows[key]) for key in views)]]


def instructed(finder: Finder, lessons: Sequence[Lesson], book: LookBook) -> Finder:
    """Return the finder with the head and the calibration that the lessons teach.

    Of each only the likeliest pictures are looked at: the time grows with the lessons, not with the catalogue.
    """
    seen = [(lesson, finder.compare(book.looks([lesson.row]), without=lesson.without)) for lesson in lessons]
    asked = [
        Asked(np.array([one.marks for one in near]), _right(near, lesson))
        for lesson, near in seen
        if _right(near, lesson).any() and not _right(near, lesson).all()
    ]
    finder = replace(finder, head=taught(finder.head, asked))
    trials = [trial for lesson, near in seen for trial in _both_ways(finder, lesson, near)]
    return replace(finder, calibration=calibrate(trials)) if trials else finder


def _with_twin(pictures: Sequence[str], owners: Owners) -> frozenset[str]:
    """Return the pictures whose variants are shown by another picture, too."""
    count = Counter(owner for key in pictures for owner in owners[key])
    return frozenset(key for key in pictures if all(count[owner] > 1 for owner in owners[key]))


def _own(key: str, row: int, owners: Owners, twins: AbstractSet[str]) -> Lesson:
    source = key.partition("~")[0]
    products = frozenset(product for product, _ in owners.get(source, ()))
    return Lesson(row=row, products=products, source=source, is_apart=source in twins)


def _right(near: Sequence[Compared], lesson: Lesson) -> NDArray[np.bool_]:
    return np.array([one.product_id in lesson.products for one in near], bool)


def _both_ways(finder: Finder, lesson: Lesson, near: Sequence[Compared]) -> list[Trial]:
    """Ask about a photo as it is, and as if the shop did not sell what it shows."""
    if not near:
        return []
    marks = np.array([one.marks for one in near])
    scores = finder.head.scores(marks)
    order = np.argsort(-scores, kind="stable")
    right = _right(near, lesson)[order]
    trials = []
    if not right.all():
        others = order[~right]
        trials.append(Trial(scores=scores[others], answer=None, marks=marks[others[0]]))
    if right.any():
        trials.append(Trial(scores=scores[order], answer=int(right.argmax()), marks=marks[order[0]]))
    return trials
