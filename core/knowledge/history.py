"""What customers buy, and what the same customers buy: counts over a shop's orders, nobody's in particular."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

_LARGEST = 50
"""Products of a customer; who buys more buys for others, and says little of what goes with what."""
LEAST = 3
"""Customers below which a number of them is not told, and a pair is an accident."""
_SIGNIFICANT = 10.83
"""Dunning's log-likelihood ratio above which two products meet by chance once in a thousand pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How many customers bought each product, and each pair of products."""

    customers: int = 0
    bought: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    together: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))

    def popular(self, pool: Iterable[str]) -> list[str]:
        """Return the products of `pool` that were bought at all, those of most customers first."""
        return sorted((one for one in pool if one in self.bought), key=lambda one: -self.bought[one])

    def beside(self, seeds: Sequence[str], pool: Iterable[str]) -> list[str]:
        """Return the products of `pool` that were bought together with `seeds`, the nearest first.

        Near is the cosine of two products over all customers: a bestseller goes with everything, and so with nothing.
        """
        near: dict[str, float] = {}
        for one in pool:
            pairs = ((self.together.get(seed, {}).get(one, 0), self.bought.get(seed, 0)) for seed in seeds)
            score = sum(both / math.sqrt(own * self.bought[one]) for both, own in pairs if both)
            if score:
                near[one] = score
        return sorted(near, key=lambda one: -near[one])

    def often_with(self, product_id: str) -> list[tuple[str, int]]:
        """Return what is bought by who buys a product, more often than chance would have it, with how many did."""
        found = [
            (self._ratio(product_id, other, both), other, both)
            for other, both in self.together.get(product_id, {}).items()
            if both >= LEAST
        ]
        return [(other, both) for ratio, other, both in sorted(found, reverse=True) if ratio >= _SIGNIFICANT]

    def _ratio(self, one: str, other: str, both: int) -> float:
        """Return Dunning's G2 of a pair (Accurate methods for the statistics of surprise, 1993); 0 when it is rare."""
        own, others, everybody = self.bought[one], self.bought[other], self.customers
        if both * everybody <= own * others:
            return 0.0
        cells = (
            (both, own * others),
            (own - both, own * (everybody - others)),
            (others - both, (everybody - own) * others),
            (everybody - own - others + both, (everybody - own) * (everybody - others)),
        )
        return 2 * sum(seen * math.log(seen * everybody / expected) for seen, expected in cells if seen and expected)


def count_history(baskets: Iterable[frozenset[str]]) -> History:
    """Count products and pairs of products over what each customer of a shop bought."""
    customers, bought = 0, Counter[str]()
    together: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for basket in baskets:
        customers += 1
        bought.update(basket)
        if len(basket) <= _LARGEST:
            for one, other in combinations(sorted(basket), 2):
                together[one][other] += 1
                together[other][one] += 1
    return History(customers=customers, bought=bought, together=together)
