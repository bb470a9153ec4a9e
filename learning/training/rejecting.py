"""When a text is meant by none of the intents: the chance of it, from how near the best intent came.

With rows labelled out of scope among the training rows, their leave-one-out scores show what a stranger looks
like. Without any, strangers are imitated: some intents are left out of training, and their texts shown to the
model of the others (the "unknown intents" of Lin & Xu 2019, https://arxiv.org/abs/1906.00434, taken in turns).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Scores = NDArray[np.float32]
Solve = Callable[[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], tuple[Scores, Scores]]
"""Trains on rows (first) of classes (second); returns scores and nearness of other rows (third)."""

_STRANGERS = 0.05
"""The share of texts out of scope that is expected where training rows show some."""
_THIN, _MOST_STRANGERS = 6, 0.25
"""Where none do, the share expected is (6 / texts per intent) ** 1.5, at most a quarter: a set of 20 texts an
intent covers less of what people say than one of 100, and strangers imitated by held-out intents are harder to
tell than real ones. On development sets this costs half a percent of texts in scope or less at 100 texts an intent."""
_TURNS = 4
_ROWS = 6000
"""Of the training set, used to imitate strangers: more takes minutes and moves the threshold little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejecter:
    """The chance to be in scope as a logistic function of the scores, scaled by what seen intents get."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    def in_scope(self, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return chances for rows of evidence, see `evidence_of`."""
        scaled = (evidence - self.mean) / self.spread
        return np.asarray(1 / (1 + np.exp(-np.clip(scaled @ self.weights + self.bias, -30, 30))))


def evidence_of(scores: Scores, near: Scores, outside: int | None) -> NDArray[np.float64]:
    """Return the best intent's score, how near training texts are and, where taught, the score of out of scope."""
    inside = scores if outside is None else np.delete(scores, outside, axis=1)
    columns = [inside.max(axis=1), *near.T] + ([] if outside is None else [scores[:, outside]])
    return np.stack(columns, axis=1).astype(np.float64)


def fit_on_rows(evidence: NDArray[np.float64], within: NDArray[np.bool_]) -> Rejecter:
    """Fit on leave-one-out evidence of rows in scope and of rows labelled out of scope."""
    mean, spread = _scale(evidence[within])
    return _fitted((evidence - mean) / spread, within, (mean, spread), _STRANGERS)


def fit_on_imitations(evidence: NDArray[np.float64], classes: NDArray[np.int64], solve: Solve) -> Rejecter | None:
    """Fit on held-out intents; None where there are too few intents to hold some out.

    `evidence` is of all rows, left out one by one: what the scores of the model at hand look like.
    """
    names = np.unique(classes)
    if len(names) < 2 * _TURNS:
        return None
    random = np.random.default_rng(0)
    rows = random.permutation(len(classes))[:_ROWS]
    group = random.permutation(np.arange(classes.max() + 1) % _TURNS)
    fold = random.integers(0, _TURNS, len(rows))
    parts, within = [], []
    for turn in range(_TURNS):
        strange = group[classes[rows]] == turn
        trained, asked = rows[~strange & (fold != turn)], rows[strange | (fold == turn)]
        kept, places = np.unique(classes[trained], return_inverse=True)
        if len(kept) < 2 or not strange.any():
            continue
        known = np.isin(classes[asked], kept)
        if not known.any():
            continue
        found = evidence_of(*solve(trained, places, asked), None)
        mean, spread = _scale(found[known])
        parts.append((found - mean) / spread)
        within.append(known)
    if not parts:
        return None
    expected = min((_THIN * len(names) / len(classes)) ** 1.5, _MOST_STRANGERS)
    return _fitted(np.concatenate(parts), np.concatenate(within), _scale(evidence), expected)


def _scale(evidence: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return evidence.mean(axis=0), np.maximum(evidence.std(axis=0), 1e-6)


def _fitted(
    scaled: NDArray[np.float64],
    within: NDArray[np.bool_],
    scale: tuple[NDArray[np.float64], NDArray[np.float64]],
    expected: float,
) -> Rejecter:
    """Fit with both sides weighing the same, then shift to the expected share of strangers."""
    weights = np.where(within, 0.5 / max(within.sum(), 1), 0.5 / max((~within).sum(), 1))
    model = LogisticRegression(C=1.0).fit(scaled, within, sample_weight=weights * len(within))
    shift = float(np.log((1 - expected) / expected))
    return Rejecter(mean=scale[0], spread=scale[1], weights=model.coef_[0], bias=float(model.intercept_[0]) + shift)
