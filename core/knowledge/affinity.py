"""Which products are near others: by what is written of them, by what they share, by links and by what is bought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.knowledge.blending import blended
from core.knowledge.graph import Graph
from core.knowledge.history import History

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"content": 0.25, "shared": 0.25, "linked": 1.0, "together": 1.0, "popular": 0.5}
)
"""What each ranking counts. `linked` is what the shop itself says goes together. Chosen with `zhanggui eval recommend`
on the receipts of 600 households (dunnhumby, The Complete Journey), where the counts of `together` did as well as the
nearest neighbours of the library implicit, and better than its factorisation, and can be told as a reason."""
_SHARED = ("in", "has")


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """The products of a shop as neighbours of each other."""

    graph: Graph
    history: History
    vectors: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    """Product -> the unit vector of its texts; empty without an encoder."""

    def rankings(self, seeds: Sequence[str], pool: Sequence[str]) -> dict[str, list[str]]:
        """Return `pool` ranked by each kind of nearness to `seeds`; what is not near at all is left out."""
        return {
            "content": self._by_content(seeds, pool),
            "shared": self._by_shared(seeds, pool),
            "linked": self._by_links(seeds, pool),
            "together": self.history.beside(seeds, pool),
            "popular": self.history.popular(pool),
        }

    def ranked(self, seeds: Sequence[str], pool: Sequence[str], *, without: Sequence[str] = ()) -> list[str]:
        """Return `pool` by all kinds of nearness blended; `without` names those to leave out."""
        rankings = self.rankings(seeds, pool)
        worth = blended([(rankings[kind], weight) for kind, weight in WEIGHTS.items() if kind not in without])
        return [*worth, *(one for one in pool if one not in worth)]

    def likeness(self, one: str, other: str) -> float:
        """Return how alike two products are, 0 to 1: their texts, or without vectors what they share."""
        if one in self.vectors and other in self.vectors:
            return max(0.0, float(self.vectors[one] @ self.vectors[other]))
        own, others = self._nodes(one), self._nodes(other)
        return len(own & others) / len(own | others) if own | others else 0.0

    def _by_content(self, seeds: Sequence[str], pool: Sequence[str]) -> list[str]:
        known = [self.vectors[seed] for seed in seeds if seed in self.vectors]
        asked = [one for one in pool if one in self.vectors]
        if not known or not asked:
            return []
        near = np.stack([self.vectors[one] for one in asked]) @ np.mean(known, axis=0)
        return [asked[at] for at in np.argsort(-near, kind="stable")]

    def _by_shared(self, seeds: Sequence[str], pool: Sequence[str]) -> list[str]:
        wanted = {node for seed in seeds for node in self._nodes(seed)}
        near = {one: self._weight(self._nodes(one) & wanted) for one in pool}
        return sorted((one for one in pool if near[one] > 0), key=lambda one: -near[one])

    def _by_links(self, seeds: Sequence[str], pool: Sequence[str]) -> list[str]:
        linked = [
            node.id.partition(":")[2] for seed in seeds for node in self.graph.near(f"product:{seed}", "goes_with")
        ]
        inside = set(pool)
        return [one for one in dict.fromkeys(linked) if one in inside]

    def _nodes(self, product_id: str) -> frozenset[str]:
        key = f"product:{product_id}"
        return frozenset(edge.end for edge in self.graph.edges.get(key, ()) if edge.relation in _SHARED)

    def _weight(self, nodes: frozenset[str]) -> float:
        """Return how telling shared nodes are: one that few products have says more."""
        return sum(1 / math.log(2 + len(self.graph.edges.get(node, ()))) for node in nodes)
