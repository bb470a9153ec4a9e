"""What a finder learns from photos whose products are known: its head, and how sure it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perception.seeing.calibrate import Trial, calibrate
from perception.seeing.finder import Compared, Finder
from perception.seeing.head import Asked, taught
from perception.seeing.looks import Looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A photo, and what it shows."""

    look: Looks
    """A single row."""
    products: frozenset[str]
    """Empty for a photo of nothing that is sold."""
    source: str = ""
    """A picture of the catalogue that is left out: a customer's photo is never the catalogue's own shot."""


def instructed(finder: Finder, lessons: Sequence[Lesson]) -> Finder:
    """Return the finder with the head and the calibration that the lessons teach."""
    seen = [(lesson, finder.compare(lesson.look, without=lesson.source)) for lesson in lessons]
    asked = [
        Asked(np.array([one.marks for one in near]), _right(near, lesson))
        for lesson, near in seen
        if _right(near, lesson).any() and not _right(near, lesson).all()
    ]
    finder = replace(finder, head=taught(finder.head, asked))
    trials = [trial for lesson, near in seen for trial in _both_ways(finder, lesson, near)]
    return replace(finder, calibration=calibrate(trials)) if trials else finder


def _right(near: Sequence[Compared], lesson: Lesson) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
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
