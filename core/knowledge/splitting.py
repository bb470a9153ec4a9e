"""Which one question would narrow products down best, by what their records say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.knowledge.lexicon import Lexicon
from core.shop.records import Product

_MOST = 6
"""Answers that are offered as buttons."""
_LEAST_TOLD = 0.5
"""The part of the products of which a record must say something, for the question to be worth asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A question, and what the records answer to it."""

    kind: str
    """"use", "audience" or "budget"."""
    values: tuple[str, ...]
    """Concepts of the lexicon, those of most products first; for a budget two prices between which it parts."""


def best_split(products: Sequence[Product], lexicon: Lexicon, *, known: Collection[str] = ()) -> Split | None:
    """Return the question after which the fewest products are expected to be left; None when none would help.

    `known` are the kinds of needs that were stated or asked about already.
    """
    ways = [_by_concept(products, lexicon, kind) for kind in ("use", "audience") if kind not in known]
    if "budget" not in known:
        ways.append(_by_price(products))
    found = [way for way in ways if way is not None]
    return min(found, key=lambda way: way[0])[1] if found else None


def _by_concept(products: Sequence[Product], lexicon: Lexicon, kind: str) -> tuple[float, Split] | None:
    told = [_concepts(product, lexicon, kind) for product in products]
    counts = Counter(one for own in told for one in own)
    values = [one for one, count in counts.most_common(_MOST) if count < len(products)]
    known = sum(1 for own in told if own & set(values))
    if len(values) < 2 or known < _LEAST_TOLD * len(products):
        return None
    return _expected({one: counts[one] for one in values}), Split(kind=kind, values=tuple(values))


def _concepts(product: Product, lexicon: Lexicon, kind: str) -> frozenset[str]:
    facts = (text for texts in product.attributes.values() for text in texts.values())
    names = (*product.names.values(), *product.category_names.values(), product.category)
    words = " / ".join([*names, *facts, *product.descriptions.values()])
    return frozenset(span.name for span in lexicon.within(words) if span.kind == kind and span.name != "gift")


def _by_price(products: Sequence[Product]) -> tuple[float, Split] | None:
    """Part the products into three by their lowest prices, at round numbers."""
    prices = sorted(min(v.price for v in product.variants.values()) for product in products if product.variants)
    if len(prices) < 3 or prices[0] == prices[-1]:
        return None
    low, high = _round(prices[len(prices) // 3]), _round(prices[2 * len(prices) // 3])
    parts = [sum(p <= low for p in prices), sum(low < p <= high for p in prices), sum(p > high for p in prices)]
    if low >= high or not all(parts):
        return None
    return _expected(dict(enumerate(parts))), Split(kind="budget", values=(f"{low:g}", f"{high:g}"))


def _round(price: float) -> float:
    """Return a price to one figure, or two where it begins with a one: 129 as 130, 487 as 500."""
    digits = str(int(price))
    size = float("1" + "0" * (len(digits) - 1))
    step = max(size / 10 if digits[0] == "1" else size, 1.0)
    return round(price / step) * step


def _expected(counts: Mapping[object, int]) -> float:
    """Return how many products are left, on average, where an answer is as likely as it has products."""
    return sum(count * count for count in counts.values()) / sum(counts.values())
