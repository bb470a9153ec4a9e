"""Photos of what a customer ordered: which goods they show, and which of the customer's orders hold them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from core.dialogue.draft import Draft
from core.dialogue.photo_memory import just_shown, sent_photos
from core.dialogue.photo_pointing import pointed
from core.dialogue.photo_things import Options, Thing
from core.dialogue.photo_words import says
from core.knowledge.question import read_question
from core.shop.records import Order, OrderItem
from core.types import Entity, spoken_text
from core.understand.normalise import normalise

SHOWN = "shown"
"""The kind of the entity that stands for the goods of a photo."""
_SLOT = "shown_goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One thing in a photo as it may stand in an order."""

    product_ids: tuple[str, ...]
    """All that it may be, the likeliest first."""
    options: Options
    """What the photo shows of the likeliest one's variant."""


def note_goods(draft: Draft) -> None:
    """Keep the goods that the message shows, or points at, for as long as a business with them goes on."""
    if goods := goods_meant(draft):
        draft.slots[_SLOT] = _dumped(goods)
    elif not draft.stack:
        draft.forget(_SLOT)


def goods_meant(draft: Draft) -> list[Goods]:
    """Return the goods of this message's photos, or of those just before at which its words point."""
    words = normalise(spoken_text(draft.message, draft.percept))
    if not draft.things and not (says("refers", words) or read_question(words, draft.desk.facts.lexicon).points):
        return []
    things = [thing for thing in just_shown(draft) if thing.guesses]
    things = pointed(draft, [thing for thing in things if thing.is_sure], words) or things
    return [_goods(thing) for thing in things]


def shows_unknown_goods(draft: Draft) -> bool:
    """Return whether the words point at what a photo of this message shows, and nobody knows what that is."""
    words = normalise(spoken_text(draft.message, draft.percept))
    question = read_question(words, draft.desk.facts.lexicon)
    points = (question.points or says("refers", words)) and not question.things
    return bool(points and sent_photos(draft)) and not any(thing.guesses for thing in draft.things)


def shown_entities(draft: Draft) -> tuple[Entity, ...]:
    """Return the goods that this message shows as what its words hold beside the words themselves."""
    goods = goods_meant(draft)
    return (Entity(kind=SHOWN, value=_dumped(goods), text="", start=0, end=0),) if goods else ()


def goods_in(entities: Sequence[Entity]) -> list[Goods]:
    """Return the goods that `shown_entities` put down."""
    return [one for entity in entities if entity.kind == SHOWN for one in _loaded(entity.value)]


def orders_showing(draft: Draft, orders: Sequence[Order]) -> list[str]:
    """Return the orders that hold most of the goods kept; those with the very variant before others."""
    goods = _loaded(draft.slots.get(_SLOT, "[]"))
    held = {order.order_id: sum(max((_fit(item, one) for item in order.items), default=0) for one in goods)
            for order in orders}  # fmt: skip
    most = max(held.values(), default=0)
    return [order_id for order_id, fit in held.items() if fit == most] if most else []


def items_showing(draft: Draft, items: Sequence[OrderItem]) -> tuple[OrderItem, ...]:
    """Return the items that the goods kept show; () where a thing fits several alike."""
    found: list[OrderItem] = []
    for one in _loaded(draft.slots.get(_SLOT, "[]")):
        best = max((_fit(item, one) for item in items), default=0)
        fitting = [item for item in items if best and _fit(item, one) == best]
        if len(fitting) > 1:
            return ()
        found += fitting
    return tuple({item.item_id: item for item in found}.values())


def _goods(thing: Thing) -> Goods:
    return Goods(product_ids=tuple(one.product_id for one in thing.guesses), options=thing.guesses[0].options)


def _fit(item: OrderItem, goods: Goods) -> int:
    """Return 0 for another product, 1 for a possible one, 2 for the variant that is shown."""
    if item.product_id not in goods.product_ids:
        return 0
    is_variant = item.product_id == goods.product_ids[0] and all(item.options.get(k) == v for k, v in goods.options)
    return 2 if is_variant else 1


def _dumped(goods: Sequence[Goods]) -> str:
    return json.dumps([[one.product_ids, one.options] for one in goods], ensure_ascii=False)


def _loaded(text: str) -> list[Goods]:
    return [
        Goods(product_ids=tuple(ids), options=tuple((name, value) for name, value in options))
        for ids, options in json.loads(text)
    ]
