"""Do two questions ask the same? Vectors compared through a kernel, and which words they share or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression

from core.errors import ConfigError
from core.ports import Vectors
from learning.datasets import TextPair
from learning.training.grams import cut

_LANDMARKS = 5000
"""Pairs that all others are compared with (the Nyström method of Williams & Seeger 2001)."""
_RIDGE = 2.0
_SHARED_SCALE = 0.7
"""Weight of what two vectors have in common beside how they differ."""
_SLOTS = 2**20
_MOST_SWAPS = 30
_BLOCK = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairModel:
    """Landmarks with their weights, and linear weights of words."""

    landmarks: NDArray[np.float32]
    weights: NDArray[np.float64]
    scale: NDArray[np.float32]
    mean: NDArray[np.float32]
    width: float
    """Squared distance at which likeness has fallen to 1/e."""
    share: float
    """Of pairs that ask the same, in training."""
    words: Any

    def chances(self, pairs: Sequence[TextPair], one: Vectors, other: Vectors) -> NDArray[np.float64]:
        """Return how likely each pair asks the same; rows of `one` and `other` are their vectors."""
        rows = _features(one, other) / self.scale - self.mean
        by_meaning = np.concatenate(
            [_near(rows[at : at + _BLOCK], self.landmarks, self.width) @ self.weights for at in _starts(rows)]
        )
        by_words = self.words.predict_proba(_hashed(pairs))[:, 1]
        return np.asarray((np.clip(by_meaning + self.share, 0, 1) + by_words) / 2)


def train_pairs(pairs: Sequence[TextPair], one: Vectors, other: Vectors) -> PairModel:
    """Fit; 34,000 pairs take two minutes on one core. Raises `ConfigError` when all have one label."""
    same = np.array([pair.same for pair in pairs], np.float64)
    if same.min() == same.max():
        raise ConfigError("training needs pairs with label 1 and pairs with label 0, not one of them alone")
    rows = _features(one, other)
    width = one.shape[1]
    parts = (0, 1.0), (width, 1.0), (2 * width, _SHARED_SCALE)
    spreads = [max(float(rows[:, at : at + width].std(axis=0).mean()), 1e-6) / weight for at, weight in parts]
    scale: NDArray[np.float32] = np.repeat(spreads, width).astype(np.float32)
    rows /= scale
    mean = rows.mean(axis=0)
    rows -= mean
    spread = float((rows**2).sum(axis=1).mean())
    landmarks = rows[np.random.default_rng(0).permutation(len(rows))[:_LANDMARKS]]
    share = float(same.mean())
    return PairModel(
        landmarks=landmarks,
        weights=_weights(rows, landmarks, same - share, spread),
        scale=scale,
        mean=mean,
        width=spread,
        share=share,
        words=LogisticRegression(C=0.03, max_iter=200).fit(_hashed(pairs), same > 0),
    )


def _weights(
    rows: NDArray[np.float32], landmarks: NDArray[np.float32], targets: NDArray[np.float64], width: float
) -> NDArray[np.float64]:
    """Solve the ridge regression on likeness to the landmarks."""
    squares = np.zeros((len(landmarks), len(landmarks)))
    towards = np.zeros(len(landmarks))
    for at in _starts(rows):
        near = _near(rows[at : at + _BLOCK], landmarks, width)
        squares += near.T @ near
        towards += near.T @ targets[at : at + _BLOCK]
    own = _near(landmarks, landmarks, width)
    return np.asarray(np.linalg.solve(squares + _RIDGE * own + 1e-3 * np.eye(len(landmarks)), towards))


def _features(one: Vectors, other: Vectors) -> NDArray[np.float32]:
    """Return what does not depend on which question came first, shape (pairs, 3 x dimension)."""
    return np.hstack([np.abs(one - other), one * other, one + other]).astype(np.float32)


def _near(rows: NDArray[np.float32], landmarks: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    far = (rows**2).sum(axis=1)[:, None] + (landmarks**2).sum(axis=1)[None] - 2 * rows @ landmarks.T
    return np.asarray(np.exp(-np.maximum(far, 0) / width), np.float32)


def _starts(rows: NDArray[np.float32]) -> range:
    return range(0, len(rows), _BLOCK)


def _hashed(pairs: Sequence[TextPair]) -> Any:
    hasher = FeatureHasher(_SLOTS, input_type="string", alternate_sign=False)
    return hasher.transform(_shared_and_not(pair) for pair in pairs)


def _shared_and_not(pair: TextPair) -> list[str]:
    """Return the words and characters both have, those that only one has, and which word stands for which."""
    one, other = _pieces(pair.one), _pieces(pair.other)
    found = [f"s{piece}" for piece in one & other] + [f"d{piece}" for piece in one ^ other]
    mine = [piece for piece in one - other if piece[0] == "w"]
    yours = [piece for piece in other - one if piece[0] == "w"]
    if len(mine) * len(yours) <= _MOST_SWAPS:
        found += ["x" + "~".join(sorted((a, b))) for a in mine for b in yours]
    return found


def _pieces(text: str) -> set[str]:
    words, signs = cut(text), list(text.lower())
    return (
        {f"w{word}" for word in words}
        | {f"c{sign}" for sign in signs}
        | {f"b{a}{b}" for a, b in zip(signs, signs[1:], strict=False)}
        | {f"p{a}_{b}" for a, b in zip(words, words[1:], strict=False)}
    )
