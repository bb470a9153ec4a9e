"""A wish: one deed on one order, as far as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from core.understand.deeds import Deed

Options: TypeAlias = tuple[tuple[str, str], ...]
"""Option names and values as the records write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing of an order that the wish is about."""

    product_id: str
    place: int | None = None
    """Where it stands among the order's items, from 0; None while it is not clear which one is meant."""
    order_id: str = ""
    """The order that it stands in, once that is clear."""
    every: bool = False
    """Whether all of its kind in the order are meant: "both bottles"."""
    having: Options = ()
    """Options by which the customer tells it from others of its kind."""
    seen: Options = ()
    """Options that a photo shows: of several of a kind those that have them are meant."""
    wanted: Options = ()
    """Options of what it should become; more than one value of an option where the words fit several products."""
    superlative: str = ""
    """The words that choose by more and less, where options alone do not say: "the cheapest", "a bigger one"."""
    same: bool = False
    """Whether a fresh one of exactly the same is wanted."""
    new_item_id: str = ""
    """What it should become, once that is clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One deed on one order. Everything but the deed may lack."""

    deed: Deed
    sure: bool = True
    """Whether the deed's own verb was said; "I don't want it any more" fits two."""
    order_id: str = ""
    everything: bool = False
    """Whether all items of the order are meant, but for `spared`."""
    lines: tuple[Line, ...] = ()
    foreign: str = ""
    """Goods that were named and that no order of the customer's holds, as they were said."""
    spared: tuple[str, ...] = ()
    """Product ids that are not to be touched: "all of it except the kettle"."""
    reason: str = ""
    payment: str = ""
    """What the customer said of the way to pay: "paypal", "credit_card:1234", "original", ..."""
    address: Options = ()
    """The parts of an address that were named, by their names in the records."""
    address_ref: str = ""
    """A known address that was pointed at: "default", "order:#W1", "city:Chicago"."""
    words: str = ""
    """What was said of goods that were not named; read again once they are known."""
    read_out: str = ""
    """The `confirmation_of` what the customer has heard; empty before."""

    @property
    def has_goods(self) -> bool:
        """Return whether the deed is about items of an order."""
        return self.deed in (Deed.RETURN, Deed.SWAP)


def dumped(wishes: Iterable[Wish]) -> str:
    """Return wishes as they are kept in a session."""
    return json.dumps([asdict(wish) for wish in wishes], ensure_ascii=False)


def loaded(text: str) -> tuple[Wish, ...]:
    """Return the wishes that `dumped` wrote; none for ""."""
    return tuple(_wish(raw) for raw in json.loads(text)) if text else ()


def _wish(raw: dict[str, Any]) -> Wish:
    lines = tuple(
        Line(**{**line, **{name: _options(line[name]) for name in ("having", "seen", "wanted")}})
        for line in raw["lines"]
    )
    spared, address = tuple(raw["spared"]), _options(raw["address"])
    return Wish(**{**raw, "deed": Deed(raw["deed"]), "lines": lines, "spared": spared, "address": address})


def _options(raw: list[list[str]]) -> Options:
    return tuple((name, value) for name, value in raw)
