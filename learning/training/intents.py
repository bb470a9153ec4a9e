"""Intents from any labelled set: kernel ridge over sentence vectors of one or more encoders and n-grams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.errors import ConfigError
from core.ports import Vectors
from learning.datasets import OUT_OF_SCOPE, LabelledText
from learning.evaluation.labels import Guess
from learning.training.grams import Grams, fit_grams
from learning.training.kernel import Matrix, likeness, nearness, solve
from learning.training.rejecting import Rejecter, evidence_of, fit_on_imitations, fit_on_rows

_GRAM_SHARE = 0.1
"""The share of n-grams in the likeness of two texts."""
_MOST = 20_000
"""Rows whose kernel fits into 24 GB with all that is computed from it; of more, a sample is taken."""
_TEMPERATURES = np.geomspace(0.01, 1.0, 60)
_BLOCK = 2000
"""Texts that are compared with all training rows at once."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentModel:
    """All training rows with their weights: nothing is thrown away, so nothing needs tuning."""

    names: tuple[str, ...]
    views: tuple[Vectors, ...]
    grams: Grams
    rows: csr_matrix
    dual: Matrix
    temperature: float
    rejecter: Rejecter | None

    def guess(self, texts: Sequence[str], views: Sequence[Vectors]) -> list[Guess]:
        """Return the likeliest label of each text, or out_of_scope; `views` are its vectors, one set an encoder."""
        guesses: list[Guess] = []
        for start in range(0, len(texts), _BLOCK):
            part = slice(start, start + _BLOCK)
            kernel = _kernel(self.grams.rows(texts[part]), self.rows, [view[part] for view in views], self.views)
            guesses += self._judged(kernel @ self.dual, nearness(kernel))
        return guesses

    def _judged(self, scores: Matrix, near: Matrix) -> list[Guess]:
        outside = _place_of_outside(self.names)
        chances = _chances(scores, self.temperature, outside)
        within = np.ones(len(scores))
        if self.rejecter is not None:
            within = self.rejecter.in_scope(evidence_of(scores, near, outside))
        judged = []
        for row, inside in zip(chances, within.tolist(), strict=True):
            best = int(row.argmax())
            if inside < 0.5:
                judged.append(Guess(label=OUT_OF_SCOPE, confidence=1 - inside, in_scope=inside))
            else:
                judged.append(Guess(label=self.names[best], confidence=inside * float(row[best]), in_scope=inside))
        return judged


def usable(rows: Sequence[LabelledText]) -> tuple[LabelledText, ...]:
    """Return the rows to train on: not those without words, and of very many a sample.

    Raises `ConfigError` when fewer than two labels are left.
    """
    kept = [row for row in rows if row.text]
    if len(kept) > _MOST:
        chosen = np.random.default_rng(0).permutation(len(kept))[:_MOST]
        kept = [kept[at] for at in sorted(chosen)]
    labels = {row.labels[0] for row in kept}
    if len(labels) < 2:
        raise ConfigError(f"training needs texts of at least two labels, not of {', '.join(labels) or 'none'} alone")
    return tuple(kept)


def train_intents(rows: Sequence[LabelledText], views: Sequence[Vectors], tell: Tell) -> IntentModel:
    """Fit on `usable` rows and their vectors, one row of each view a text; `tell` hears of each step.

    15,000 rows take half a minute of arithmetic on two cores and 3 GB.
    """
    texts = [row.text for row in rows]
    names = tuple(sorted({row.labels[0] for row in rows}))
    classes = np.array([names.index(row.labels[0]) for row in rows])
    tell("counting words")
    grams = fit_grams(texts)
    counted = grams.rows(texts)
    tell("fitting")
    kernel = _kernel(counted, counted, views, views)
    near = nearness(kernel, own=True)
    dual, unseen = solve(kernel, classes, len(names))
    outside = _place_of_outside(names)

    def solve_part(
        trained: NDArray[np.int64], places: NDArray[np.int64], asked: NDArray[np.int64]
    ) -> tuple[Matrix, Matrix]:
        own, other = [view[trained] for view in views], [view[asked] for view in views]
        weights, _ = solve(_kernel(counted[trained], counted[trained], own, own), places, int(places.max()) + 1)
        between = _kernel(counted[asked], counted[trained], other, own)
        return between @ weights, nearness(between)

    tell("learning what is out of scope")
    evidence = evidence_of(unseen, near, outside)
    if outside is None:
        rejecter = fit_on_imitations(evidence, classes, solve_part)
    else:
        rejecter = fit_on_rows(evidence, classes != outside)
    return IntentModel(
        names=names,
        views=tuple(views),
        grams=grams,
        rows=counted,
        dual=dual,
        temperature=_temperature(unseen, classes, outside),
        rejecter=rejecter,
    )


def _kernel(some: csr_matrix, others: csr_matrix, views: Sequence[Vectors], other_views: Sequence[Vectors]) -> Matrix:
    grams = (some @ others.T).toarray()
    if not views:
        return np.asarray(grams, np.float32)
    grams *= _GRAM_SHARE
    kernel = likeness(views, other_views)
    kernel *= 1 - _GRAM_SHARE
    kernel += grams
    return kernel


def _place_of_outside(names: Sequence[str]) -> int | None:
    return names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in names else None


def _chances(scores: NDArray[np.float32], temperature: float, outside: int | None) -> NDArray[np.float64]:
    """Return probabilities among the intents, that of out of scope set to nothing."""
    scaled = scores.astype(np.float64) / temperature
    if outside is not None:
        scaled[:, outside] = -np.inf
    odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _temperature(unseen: NDArray[np.float32], classes: NDArray[np.int64], outside: int | None) -> float:
    """Return the temperature at which the unseen rows in scope get the least surprising probabilities."""
    within = np.flatnonzero(classes != outside) if outside is not None else np.arange(len(classes))

    def loss(temperature: float) -> float:
        chances = _chances(unseen[within], temperature, outside)
        return float(-np.log(np.maximum(chances[np.arange(len(within)), classes[within]], 1e-12)).mean())

    return float(min(_TEMPERATURES, key=loss))
