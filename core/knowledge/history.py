"""What customers buy, and what they buy together: counts over a shop's orders, nobody's in particular."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

_LARGEST = 50
"""Products of an order; who buys more buys for others, and says little of what goes with what."""
_LEAST = 3
"""Orders with both products below which a pair is an accident."""
_SIGNIFICANT = 10.83
"""Dunning's log-likelihood ratio above which two products meet by chance once in a thousand pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """In how many orders each product stands, and each pair of products."""

    orders: int = 0
    bought: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    together: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))

    def popular(self, pool: Iterable[str]) -> list[str]:
        """Return the products of `pool` that were bought at all, those in most orders first."""
        return sorted((one for one in pool if one in self.bought), key=lambda one: -self.bought[one])

    def beside(self, seeds: Sequence[str], pool: Iterable[str]) -> list[str]:
        """Return the products of `pool` that were bought together with `seeds`, the nearest first.

        Near is the cosine of two products over all orders: a bestseller goes with everything, and so with nothing.
        """
        near: dict[str, float] = {}
        for one in pool:
            pairs = ((self.together.get(seed, {}).get(one, 0), self.bought.get(seed, 0)) for seed in seeds)
            score = sum(both / math.sqrt(own * self.bought[one]) for both, own in pairs if both)
            if score:
                near[one] = score
        return sorted(near, key=lambda one: -near[one])

    def often_with(self, product_id: str) -> list[tuple[str, int]]:
        """Return what is bought with a product more often than chance would have it, with the number of orders."""
        found = [
            (self._ratio(product_id, other, both), other, both)
            for other, both in self.together.get(product_id, {}).items()
            if both >= _LEAST
        ]
        return [(other, both) for ratio, other, both in sorted(found, reverse=True) if ratio >= _SIGNIFICANT]

    def _ratio(self, one: str, other: str, both: int) -> float:
        """Return Dunning's G2 of a pair (Accurate methods for the statistics of surprise, 1993); 0 when it is rare."""
        own, others, orders = self.bought[one], self.bought[other], self.orders
        if both * orders <= own * others:
            return 0.0
        cells = (
            (both, own * others),
            (own - both, own * (orders - others)),
            (others - both, (orders - own) * others),
            (orders - own - others + both, (orders - own) * (orders - others)),
        )
        return 2 * sum(seen * math.log(seen * orders / expected) for seen, expected in cells if seen and expected)


def count_history(baskets: Iterable[frozenset[str]]) -> History:
    """Count products and pairs of products over the baskets of a shop."""
    orders, bought = 0, Counter[str]()
    together: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for basket in baskets:
        orders += 1
        bought.update(basket)
        if len(basket) <= _LARGEST:
            for one, other in combinations(sorted(basket), 2):
                together[one][other] += 1
                together[other][one] += 1
    return History(orders=orders, bought=bought, together=together)
