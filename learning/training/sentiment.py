"""Moods and other labels of longer texts: linear models over words and over runs of characters, together.

For tens of thousands of texts the kernel of `learning.training.intents` would not fit into memory, and sparse
linear models come close to networks trained from nothing (Wang & Manning 2012, "Baselines and Bigrams").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from core.errors import ConfigError
from learning.datasets import LabelledText
from learning.training.grams import cut

_MARGIN = 0.4
"""C of the support vector machines; 0.2 to 0.5 differ by a thousandth."""
_OFTEN = 10_000
"""Texts from which what stands in one text only is left out: it would double the size and adds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentModel:
    """Two linear models whose margins are added."""

    names: tuple[str, ...]
    counters: tuple[Any, ...]
    models: tuple[Any, ...]

    def label(self, texts: Sequence[str]) -> list[str]:
        """Return the likeliest label of each text."""
        views = (_words(texts), list(texts))
        total = sum(
            _margins(model, counter.transform(view))
            for counter, model, view in zip(self.counters, self.models, views, strict=True)
        )
        return [self.names[at] for at in np.asarray(total).argmax(axis=1)]


def train_sentiment(rows: Sequence[LabelledText]) -> SentimentModel:
    """Fit; 50,000 reviews take a minute on one core and 2 GB. Raises `ConfigError` with one label only."""
    kept = [row for row in rows if row.text]
    names = tuple(sorted({row.labels[0] for row in kept}))
    if len(names) < 2:
        raise ConfigError(f"training needs texts of at least two labels, not of {', '.join(names) or 'none'} alone")
    classes = np.array([names.index(row.labels[0]) for row in kept])
    texts = [row.text for row in kept]
    often = 2 if len(kept) >= _OFTEN else 1
    words = {"ngram_range": (1, 3), "token_pattern": r"\S+"}  # our own cutting, only put together with spaces
    counters = (
        TfidfVectorizer(**words, sublinear_tf=True, min_df=often, dtype=np.float32),
        TfidfVectorizer(analyzer="char", ngram_range=(1, 5), sublinear_tf=True, min_df=often, dtype=np.float32),
    )
    models = tuple(
        LinearSVC(C=_MARGIN, random_state=0).fit(counter.fit_transform(view), classes)
        for counter, view in zip(counters, (_words(texts), texts), strict=True)
    )
    return SentimentModel(names=names, counters=counters, models=models)


def _words(texts: Sequence[str]) -> list[str]:
    return [" ".join(cut(text)) for text in texts]


def _margins(model: Any, rows: Any) -> NDArray[np.float64]:
    """Return one column a class, of like spread in every model."""
    margins = np.asarray(model.decision_function(rows), np.float64)
    columns = np.stack([-margins, margins], axis=1) if margins.ndim == 1 else margins
    return np.asarray(columns / np.linalg.norm(model.coef_))
