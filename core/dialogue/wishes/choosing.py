"""Which variant a line should become: what was wanted, and otherwise as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan

from core.dialogue.wishes.wish import Line, Options
from core.knowledge.orderings import ordered_values, wanted_ranking
from core.shop.records import Product, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The variant that a line becomes, or those to choose from."""

    item_id: str = ""
    offered: tuple[str, ...] = ()
    """Item ids, the likest to what there is first; empty with an empty item_id when nothing was wanted yet."""
    missing: bool = False
    """Whether there is nothing with all that was wanted, so that `offered` is only near to it."""


def chosen(line: Line, product: Product, current: str) -> Choice:
    """Return what the line's item `current` should become.

    What the customer did not speak of stays as it is; where that leaves nothing that can be had, the
    variants with all that was wanted are offered, the likest first.
    """
    if line.new_item_id in product.variants:
        return Choice(item_id=line.new_item_id)
    now = product.variants.get(current)
    line = replace(line, wanted=_sold(line, product))
    options = now.options if now else {}
    can_be_had = [variant for variant in product.variants.values() if variant.available]
    if line.same and not line.wanted:
        return (
            Choice(item_id=current)
            if now and now.available
            else Choice(missing=True, offered=_near(can_be_had, options))
        )
    fitting = _with(can_be_had, line.wanted)
    if line.superlative:
        return _settled(_ranked(line.superlative, product, fitting, now), options, current)
    if not line.wanted:
        return Choice()
    if not fitting:
        return Choice(missing=True, offered=_near(can_be_had, {**options, **dict(line.wanted)}))
    return _settled(fitting, {**options, **dict(line.wanted)}, current)


def _ranked(words: str, product: Product, variants: Sequence[Variant], now: Variant | None) -> list[Variant]:
    """Return the variants that "the cheapest" or "a bigger one" leaves: the ends, or the next step from `now`.

    There is none where the product has no such order, or no further step; of prices every lower one is a step.
    """
    ranking = wanted_ranking(words, product)
    if ranking is None:
        return []
    places = {value: float(place) for place, value in enumerate(ordered_values(product, ranking.option))}

    def amount(variant: Variant) -> float:
        return variant.price if ranking.option == "price" else places.get(variant.options.get(ranking.option, ""), nan)

    sign = 1 if ranking.step in ("most", "more") else -1
    rising = sorted((one for one in variants if not isnan(amount(one))), key=lambda one: sign * amount(one))
    if ranking.step in ("most", "least"):
        return [one for one in rising if amount(one) == amount(rising[-1])]
    further = [one for one in rising if now is not None and sign * (amount(one) - amount(now)) > 0]
    return further if ranking.option == "price" else [one for one in further if amount(one) == amount(further[0])]


def _settled(fitting: Sequence[Variant], options: Mapping[str, str], current: str) -> Choice:
    """Return the variant with exactly these options, or the only one that there is; else all to choose from."""
    if not fitting:
        return Choice(missing=True)
    exact = [variant.item_id for variant in fitting if dict(variant.options) == dict(options)]
    if exact:
        return Choice(item_id=exact[0])
    order = _near([variant for variant in fitting if variant.item_id != current] or fitting, options)
    return Choice(item_id=order[0]) if len(order) == 1 else Choice(offered=order)


def _sold(line: Line, product: Product) -> Options:
    """Return what was wanted as this product has it: "1 litre" is the kettle's "1 liter" and the bottle's "1000ml"."""
    every = {option for variant in product.variants.values() for option in variant.options.items()}
    known = dict(option for option in line.wanted if option in every)
    return tuple({**dict(line.wanted), **known}.items())


def _with(variants: Sequence[Variant], wanted: Sequence[tuple[str, str]]) -> list[Variant]:
    return [variant for variant in variants if all(variant.options.get(name) == value for name, value in wanted)]


def _near(variants: Sequence[Variant], options: Mapping[str, str]) -> tuple[str, ...]:
    """Return item ids by how many options they share, then by price."""
    return tuple(
        variant.item_id
        for variant in sorted(
            variants,
            key=lambda variant: (
                -sum(variant.options.get(name) == value for name, value in options.items()),
                variant.price,
            ),
        )
    )
