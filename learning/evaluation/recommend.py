"""How well the next purchase, or what a shop links to a product, is foretold; beside chance and bestsellers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.knowledge.affinity import Affinity
from core.shop.records import Order, OrderStatus, Records

_NEAR, _FAR = 5, 10
_SEED = 20261122

Ranker: TypeAlias = Callable[[Sequence[str], Sequence[str]], Sequence[str]]
"""Seeds and a pool of products to the pool, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is known of a customer or a product, and what is to be foretold."""

    seeds: tuple[str, ...]
    truth: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendScores:
    """One line of what `zhanggui eval recommend` reports."""

    recall_at_5: float
    """Of what was to be foretold, the part among the first five; mean over the cases."""
    recall_at_10: float
    ndcg_at_10: float
    coverage: float
    """Of the catalogue, the part that stands among anybody's first ten."""


def held_purchases(records: Records) -> tuple[list[Held], list[frozenset[str]]]:
    """Hold out each customer's last product, of those with two or more; return also the baskets without it."""
    held, baskets = [], list[frozenset[str]]()
    for customer, orders in _by_customer(records).items():
        placed = _placed(orders, records.customers[customer].orders if customer in records.customers else ())
        products = list(dict.fromkeys(one for order in placed for one in _products(order, records)))
        last = products[-1] if len(products) > 1 else ""
        if last:
            held.append(Held(seeds=tuple(products[:-1]), truth=frozenset({last})))
        baskets += [frozenset(_products(order, records)) - {last} for order in placed]
    return held, [basket for basket in baskets if basket]


def held_links(records: Records) -> list[Held]:
    """Hold out all that a product's record says goes with it, for each product that has any."""
    linked = {key: frozenset(product.related) & records.products.keys() for key, product in records.products.items()}
    return [Held(seeds=(key,), truth=others - {key}) for key, others in linked.items() if others - {key}]


def rankers(affinity: Affinity, *, without: Sequence[str] = ()) -> dict[str, Ranker]:
    """Return chance, each single ranking and the blend, by name; `without` names rankings that would peep."""
    chance = random.Random(_SEED)  # noqa: S311 - a baseline, no secret

    def shuffled(_: Sequence[str], pool: Sequence[str]) -> Sequence[str]:
        return chance.sample(pool, len(pool))

    def single(kind: str) -> Ranker:
        return lambda seeds, pool: affinity.rankings(seeds, pool)[kind]

    kinds = [kind for kind in ("popular", "together", "content", "shared", "linked") if kind not in without]
    return {
        "random": shuffled,
        **{kind: single(kind) for kind in kinds},
        "blended": lambda seeds, pool: affinity.ranked(seeds, pool, without=without),
    }


def score_ranker(ranker: Ranker, held: Sequence[Held], catalogue: Sequence[str]) -> RecommendScores:
    """Ask for every case; raises `ValueError` when there is none."""
    if not held:
        raise ValueError("there is nothing to foretell")
    near = far = gain = 0.0
    shown: set[str] = set()
    for case in held:
        first = list(ranker(case.seeds, [one for one in catalogue if one not in case.seeds]))[:_FAR]
        shown.update(first)
        near += len(case.truth & set(first[:_NEAR])) / len(case.truth)
        far += len(case.truth & set(first)) / len(case.truth)
        gain += _ndcg(first, case.truth)
    many = len(held)
    return RecommendScores(
        recall_at_5=round(near / many, 4),
        recall_at_10=round(far / many, 4),
        ndcg_at_10=round(gain / many, 4),
        coverage=round(len(shown) / len(catalogue), 4),
    )


def _ndcg(first: Sequence[str], truth: frozenset[str]) -> float:
    gained = sum(1 / math.log2(place + 1) for place, one in enumerate(first, start=1) if one in truth)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(len(truth), _FAR) + 1))
    return gained / ideal


def _by_customer(records: Records) -> Mapping[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    for order in records.orders.values():
        if order.status != OrderStatus.CANCELLED:
            found.setdefault(order.user_id, []).append(order)
    return found


def _placed(orders: Sequence[Order], known: Sequence[str]) -> list[Order]:
    """Return a customer's orders, oldest first: by their dates, else in the order of the customer's record."""
    age = {order_id: place for place, order_id in enumerate(known)}
    return sorted(orders, key=lambda order: (order.placed_at, age.get(order.order_id, len(age))))


def _products(order: Order, records: Records) -> Iterable[str]:
    return (item.product_id for item in order.items if item.product_id in records.products)
