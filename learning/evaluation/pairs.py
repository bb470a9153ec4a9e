"""How well pairs of questions that ask the same are told from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.datasets import TextPair
from learning.evaluation.labels import area


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScores:
    """Shares are of 0 to 1."""

    auc: float | None
    """The chance that a pair of the same scores above a pair of different questions; None with one label only."""
    accuracy: float
    """At the threshold one half."""
    pairs: int


def score_pairs(pairs: Sequence[TextPair], chances: NDArray[np.float64]) -> PairScores:
    """Count."""
    same = np.array([pair.same for pair in pairs])
    right = (chances >= 0.5) == same
    return PairScores(auc=area(same, chances), accuracy=round(float(right.mean()), 4), pairs=len(pairs))
