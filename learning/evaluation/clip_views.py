"""How well vectors find the products of views that were not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.ports import Vectors

_FALL = 0.01
"""Mean reciprocal rank that pictures may lose where texts gain: less is chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewScores:
    """Mean reciprocal ranks of the right product, and how often it came first."""

    views: float
    """Held-out views, among the pictures that were learned from."""
    views_first: float
    photos: float
    """The same views as a customer might have taken them."""
    photos_first: float
    texts: float
    """Texts, among the held-out views."""
    texts_first: float

    def is_better_than(self, other: ViewScores) -> bool:
        """Return whether all together has risen, and pictures have not fallen for it."""
        mine, theirs = (self.views, self.photos, self.texts), (other.views, other.photos, other.texts)
        kept = all(a >= b - _FALL for a, b in zip(mine[:2], theirs[:2], strict=True))
        return kept and sum(mine) > sum(theirs)


def ranks(asked: Vectors, answers: Sequence[str], known: Vectors, products: Sequence[str]) -> tuple[float, float]:
    """Return the mean reciprocal rank of the right product, and the share of those ranked first.

    `asked` are unit vectors of what shows the products `answers`; `known` those of pictures of `products`. Of equal
    scores the right product's counts as the last: a network that collapsed, or gives no numbers, finds nothing.
    """
    numbers = {product: number for number, product in enumerate(dict.fromkeys(products))}
    places = np.array([numbers[product] for product in products])
    found = []
    for scores, answer in zip(asked @ known.T, answers, strict=True):
        best = np.full(len(numbers), -np.inf)
        np.maximum.at(best, places, scores)
        found.append(len(best) - int((best < best[numbers[answer]]).sum()))
    return float(np.mean(1 / np.array(found))), float(np.mean(np.array(found) == 1))
