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
    accuracy: float | None
    """At the threshold one half; None where likeness was given and no chance."""
    pairs: int


def score_pairs(pairs: Sequence[TextPair], scores: NDArray[np.float64], *, chances: bool) -> PairScores:
    """Count; `chances` says that the scores are probabilities, of which one half is a threshold."""
    same = np.array([pair.same for pair in pairs])
    accuracy = round(float(((scores >= 0.5) == same).mean()), 4) if chances else None
    return PairScores(auc=area(same, scores), accuracy=accuracy, pairs=len(pairs))
