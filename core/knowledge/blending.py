"""One order out of several: rankings blended by reciprocal rank, and neighbours kept apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_FLAT = 60
"""The k of reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009): how little the very first place counts."""
_RELEVANCE = 0.7
"""The lambda of maximal marginal relevance (Carbonell and Goldstein, 1998); the rest is for being different."""


def blended(rankings: Sequence[tuple[Sequence[str], float]]) -> dict[str, float]:
    """Return what each ranked thing is worth by all rankings, each with its weight, the best first."""
    worth: dict[str, float] = {}
    for ranking, weight in rankings:
        for place, one in enumerate(ranking, start=1):
            worth[one] = worth.get(one, 0.0) + weight / (_FLAT + place)
    return dict(sorted(worth.items(), key=lambda item: -item[1]))


def varied(ranked: Sequence[str], likeness: Callable[[str, str], float], count: int) -> list[str]:
    """Return `count` of `ranked`, the best first, each as unlike those before it as its place allows.

    `likeness` of two is from 0 to 1. The best one stays the best.
    """
    places = {one: 1 - at / max(len(ranked), 1) for at, one in enumerate(ranked)}
    left, kept = list(ranked), list[str]()
    while left and len(kept) < count:
        best = max(left, key=lambda one: _worth(one, places[one], kept, likeness))
        left.remove(best)
        kept.append(best)
    return kept


def _worth(one: str, place: float, kept: Sequence[str], likeness: Callable[[str, str], float]) -> float:
    nearest = max((likeness(one, other) for other in kept), default=0.0)
    return _RELEVANCE * place - (1 - _RELEVANCE) * nearest
