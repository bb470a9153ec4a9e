"""What a score is worth: learned from the catalogue's own pictures, distorted and held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_PRECISION = 0.98
"""Of those called a match, half of the trials being of things not sold."""
_KEPT = 0.93
"""Of the photos of things sold, which must not be called unknown."""
_REJECTED = 0.97
"""Of the photos of things not sold: more is not bought with photos of things sold."""
_TEMPERATURES = (0.01, 0.015, 0.02, 0.03, 0.045, 0.07, 0.1, 0.15)
_TOP = 10
"""Products that share the probability of one photo."""

Floats = NDArray[np.float64]
_NO_MARKS: Floats = np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One imitated photo and how near the products came to it."""

    scores: Floats
    """Of the products, falling, at least one."""
    answer: int | None
    """Place of the right product in `scores`; None when the photo shows none of them."""
    marks: Floats = field(default_factory=lambda: _NO_MARKS)
    """How alike, mark by mark, the photo and the best product are: a lead says nothing where all are far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """From similarities to probabilities and to a decision."""

    temperature: float
    """Of the softmax that shares the probability among products."""
    known: tuple[float, ...]
    """Logistic coefficients of "the catalogue has it", in the order of `_evidence`."""
    unknown_below: float
    """Probability of being in the catalogue under which a photo is called unknown."""
    match_from: float
    """Score of the best product from which it is called a match."""

    def is_known(self, scores: Floats, marks: Floats = _NO_MARKS) -> float:
        """Return the probability that the catalogue has what the photo shows; `marks` as in `Trial`.

        Half where nothing is known of that.
        """
        if not self.known:
            return 0.5
        return float(_logistic(_evidence(scores, marks) @ np.array(self.known)))

    def shares(self, scores: Floats) -> Floats:
        """Return how the probability is divided among the products; sums to one over the first ten."""
        return _softmax(scores, self.temperature)


def calibrate(trials: Sequence[Trial]) -> Calibration:
    """Fit temperature, probability of being known, and both thresholds."""
    known = [trial for trial in trials if trial.answer is not None]
    temperature = min(_TEMPERATURES, key=lambda t: _surprise(known, t)) if known else 0.05
    evidence = np.array([_evidence(trial.scores, trial.marks) for trial in trials]).reshape(len(trials), -1)
    labels = np.array([trial.answer is not None for trial in trials], np.float64)
    weights = _fit_logistic(evidence, labels)
    probability = _logistic(evidence @ weights)
    best = probability * np.array([_softmax(trial.scores, temperature)[0] for trial in trials])
    right = np.array([trial.answer == 0 for trial in trials])
    return Calibration(
        temperature=temperature,
        known=tuple(float(weight) for weight in weights),
        unknown_below=_parting(probability, labels > 0),
        match_from=_precise_from(best, right),
    )


def _evidence(scores: Floats, marks: Floats) -> Floats:
    """Return a constant, the best score, its lead over the second and over the typical other product, the marks.

    The leads survive a change of light and ground, which lowers all scores alike.
    """
    second = scores[1] if len(scores) > 1 else 0.0
    others = scores[4:20].mean() if len(scores) > 4 else 0.0
    return np.array([1.0, scores[0], scores[0] - second, scores[0] - others, *marks])


def _softmax(scores: Floats, temperature: float) -> Floats:
    raised = np.exp((scores[:_TOP] - scores[0]) / temperature)
    return np.asarray(np.concatenate([raised / raised.sum(), np.zeros(max(0, len(scores) - _TOP))]), np.float64)


def _surprise(trials: Sequence[Trial], temperature: float) -> float:
    shares = [_softmax(trial.scores, temperature)[trial.answer or 0] for trial in trials]
    return float(-np.log(np.maximum(shares, 1e-4)).mean())


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float64)


def _fit_logistic(x: Floats, y: Floats, ridge: float = 0.02) -> Floats:
    """Return coefficients by Newton's method; both classes weigh the same, `ridge` tames a clean split."""
    share = np.where(y > 0, 0.5 / max(y.sum(), 1), 0.5 / max((1 - y).sum(), 1)) * len(y)
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = _logistic(x @ weights)
        slope = x.T @ (share * (p - y)) + ridge * weights
        curve = (x * (share * p * (1 - p))[:, None]).T @ x + ridge * np.eye(x.shape[1])
        weights -= np.linalg.solve(curve, slope)
    return weights


def _parting(probability: Floats, known: NDArray[np.bool_]) -> float:
    """Return the lowest threshold that rejects the wanted share of unknown things, or the one that keeps enough."""
    if known.all() or not known.any():
        return 0.5
    return float(min(np.quantile(probability[~known], _REJECTED), np.quantile(probability[known], 1 - _KEPT)))


def _precise_from(best: Floats, right: NDArray[np.bool_]) -> float:
    """Return the lowest score from which on the wanted share of the answers is right."""
    order = np.argsort(-best, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= _PRECISION)
    return float(np.clip(best[order][enough[-1]], 0.5, 0.99)) if len(enough) else 0.99
