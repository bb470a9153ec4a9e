"""What differs between products by their records, and which has more of something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.knowledge.measures import measures
from core.knowledge.option_words import load_option_words
from core.shop.records import Product, in_language

_DIMENSIONS = {"weight": "mass", "battery_life": "time", "battery": "time", "length": "length", "height": "length"}
"""What is compared of facts that may name several quantities: "20 inch: 2.9 kg"."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of several products."""

    key: str
    """The attribute or option, as the records write it."""
    values: tuple[tuple[str, ...], ...]
    """For each product what its record says: an attribute's text, or the values of an option; () for nothing."""
    is_option: bool


def differing(products: Sequence[Product], language: str) -> tuple[Row, ...]:
    """Return the facts that are not the same for all, those first that most of the products tell."""
    rows = [*_attributes(products, language), *_options(products)]
    unlike = [row for row in rows if len(set(row.values)) > 1]
    return tuple(sorted(unlike, key=lambda row: sum(not own for own in row.values)))


def amounts(products: Sequence[Product], kinds: Sequence[str]) -> tuple[float, ...] | None:
    """Return for each product how much it has of the first kind of fact that all of them measure; None for none."""
    for kind in kinds:
        if kind == "price":
            return tuple(min((one.price for one in product.variants.values()), default=0.0) for product in products)
        told = [_amounts(product, kind) for product in products]
        shared = [sort for sort in told[0] if all(sort in own for own in told)]
        if shared:
            sort = _DIMENSIONS.get(kind, shared[0])
            return tuple(own[sort] for own in told) if sort in shared else None
    return None


def _amounts(product: Product, kind: str) -> dict[str, float]:
    """Return the largest quantities that a record gives for a kind of fact, by their dimension."""
    kinds_of = load_option_words().kinds
    texts = [text for key, own in product.attributes.items() if key == kind or kind in kinds_of(key)
             for text in own.values()]  # fmt: skip
    texts += [value for variant in product.variants.values() for option, value in variant.options.items()
              if option == kind or kind in kinds_of(option)]  # fmt: skip
    found: dict[str, float] = {}
    for text in texts:
        for one in measures(text):
            found[one.kind] = max(one.high, found.get(one.kind, 0.0))
    return found


def _attributes(products: Sequence[Product], language: str) -> list[Row]:
    keys = dict.fromkeys(key for product in products for key in product.attributes)
    return [
        Row(
            key,
            tuple((in_language(one.attributes[key], language),) if key in one.attributes else () for one in products),
            is_option=False,
        )
        for key in keys
    ]


def _options(products: Sequence[Product]) -> list[Row]:
    keys = dict.fromkeys(option for one in products for variant in one.variants.values() for option in variant.options)
    return [
        Row(
            key,
            tuple(
                tuple(dict.fromkeys(v.options[key] for v in one.variants.values() if key in v.options))
                for one in products
            ),
            is_option=True,
        )
        for key in keys
    ]
