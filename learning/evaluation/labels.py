"""How well texts get their labels: shares right, rejected, and how honest the probabilities are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.datasets import OUT_OF_SCOPE, LabelledText

_BINS = 15
"""Of confidence, as in Guo et al. 2017, https://arxiv.org/abs/1706.04599."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a model says of one text."""

    label: str
    confidence: float
    """The probability that the label is right."""
    in_scope: float
    """The probability that any of the model's intents is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScores:
    """Shares are of 0 to 1. None where there was nothing to count."""

    accuracy: float
    """Over all rows, those out of scope included."""
    in_scope_accuracy: float | None
    macro_f1: float
    """The mean over all labels that the rows have."""
    oos_recall: float | None
    auroc: float | None
    """How well `in_scope` parts the rows in scope from the others; 0.5 is chance."""
    ece: float
    """Expected calibration error: the mean gap between confidence and the share that is right."""
    rows: int
    oos_rows: int


def score_labels(rows: Sequence[LabelledText], guesses: Sequence[Guess]) -> LabelScores:
    """Count; a guess is right when it is any of a row's labels."""
    right = np.array([guess.label in row.labels for row, guess in zip(rows, guesses, strict=True)])
    outside = np.array([row.is_out_of_scope for row in rows])
    return LabelScores(
        accuracy=round(float(right.mean()), 4),
        in_scope_accuracy=_mean(right[~outside]),
        macro_f1=round(macro_f1(truths(rows, guesses), [guess.label for guess in guesses]), 4),
        oos_recall=_mean(np.array([guess.label == OUT_OF_SCOPE for guess in guesses])[outside]),
        auroc=area(~outside, np.array([guess.in_scope for guess in guesses])),
        ece=round(_calibration_error(right, np.array([guess.confidence for guess in guesses])), 4),
        rows=len(rows),
        oos_rows=int(outside.sum()),
    )


def truths(rows: Sequence[LabelledText], guesses: Sequence[Guess]) -> list[str]:
    """Return one true label a row: the guess where it is accepted, else the first."""
    return [g.label if g.label in row.labels else row.labels[0] for row, g in zip(rows, guesses, strict=True)]


def macro_f1(true: Sequence[str], said: Sequence[str]) -> float:
    """Return the mean over the true labels of the harmonic mean of precision and recall."""
    scores = []
    for name in sorted(set(true)):
        hits = sum(a == b == name for a, b in zip(true, said, strict=True))
        scores.append(2 * hits / (list(true).count(name) + list(said).count(name)))
    return float(np.mean(scores))


def area(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    """Return the area under the ROC curve by ranks (Mann-Whitney), ties halved; None with one class only."""
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return None
    values, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return round(float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others)), 4)


def _calibration_error(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def _mean(values: NDArray[np.bool_]) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None
