"""Order the variants of a product by price or by an option that has more and less: size, capacity, brightness."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.shop.records import Variant

BY_PRICE = frozenset({"cheapest", "most_expensive"})
_SCALES = (
    ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"),
    ("small", "medium", "large", "extra large"),
    ("portable", "medium", "large"),
    ("low", "medium", "high"),
    ("basic", "professional"),
    ("beginner", "intermediate", "expert"),
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNITS = {"tb": 1024.0, "l": 1000.0, "liter": 1000.0, "liters": 1000.0, "litre": 1000.0, "litres": 1000.0, "kg": 1000.0}
_LESS = frozenset({"smaller", "shorter", "lighter", "thinner", "darker", "less", "lower"})


def ranked(superlative: str, variants: Sequence[Variant], now: Variant | None) -> list[Variant]:
    """Return the variants that a superlative or comparative leaves, the best first.

    "bigger" is the next step up from what there is `now` on the first option that has steps; the lists are
    empty when there is no further step.
    """
    if superlative in BY_PRICE:
        return sorted(variants, key=lambda one: one.price, reverse=superlative == "most_expensive")
    if now is None:
        return []
    sign = -1 if superlative in _LESS else 1
    for option in now.options:
        steps = {one.item_id: _step(one.options.get(option, "")) for one in variants}
        here = _step(now.options[option])
        if here is None or any(step is None for step in steps.values()):
            continue
        further = {
            key: sign * (step - here) for key, step in steps.items() if step is not None and sign * (step - here) > 0
        }
        nearest = min(further.values(), default=0.0)
        return [one for one in variants if further.get(one.item_id) == nearest]
    return []


def _step(value: str) -> float | None:
    """Return a value's place on its scale; None for a value that is no more and no less than others."""
    plain = value.lower().strip()
    for scale in _SCALES:
        if plain in scale:
            return float(scale.index(plain))
    number = _NUMBER.search(plain)
    if number is None:
        return None
    unit = re.sub(r"[^a-z]", "", plain[number.end() :])
    return float(number.group()) * _UNITS.get(unit, 1.0)
