"""Which goods of an order a ticket is about."""

from __future__ import annotations

import re

from core.dialogue.draft import Draft
from core.dialogue.orders import find_own
from core.dialogue.photo_orders import items_showing
from core.knowledge.passages import tokens
from core.shop.records import Order, OrderItem, in_language
from core.types import spoken_text
from core.understand.normalise import normalise

_EVERYTHING = re.compile(
    r"全部|所有|整单|整个订单|都(?=要|有|是|坏|破|碎|错|没|少|不)|^\W*都|两(?:个|件|样)都"
    r"|\b(?:all (?:of )?(?:them|it|the items|of)|everything|both|the whole (?:order|parcel|lot)|all)\b",
    re.IGNORECASE,
)


async def name_items(draft: Draft) -> str:
    """Find the goods that are meant: "named" (slot items) or "several"."""
    order = await find_own(draft, draft.slots.get("order_id", ""))
    if order is None:
        return "named"
    known = {item.item_id for item in order.items}
    if draft.slots.get("items") and set(draft.slots["items"].split(",")) <= known | {"-"}:
        return "named"
    words = f"{draft.slots.get('request', '')} {spoken_text(draft.message, draft.percept)}"
    meant = items_meant(draft, order, words)
    draft.forget("items")
    if not meant:
        return "several"
    draft.slots["items"] = ",".join(item.item_id for item in meant)
    return "named"


def items_meant(draft: Draft, order: Order, words: str) -> tuple[OrderItem, ...]:
    """Return the goods that words name, the only one there is, or all; () when several could be meant."""
    lines = tuple({item.item_id: item for item in order.items}.values())
    if len(lines) == 1:
        return lines
    text = normalise(words)
    lexicon = draft.desk.facts.lexicon
    wanted = set(tokens(text, lexicon, query=True))
    hits = {}
    for item in lines:
        own = {token for name in _names(draft, item) for token in tokens(name, lexicon, query=False)}
        named = wanted & own
        options = {token for value in item.options.values() for token in tokens(value, lexicon, query=False)}
        if named:
            hits[item.item_id] = named | (wanted & options)
    best = [item for item in lines if item.item_id in hits and not _outdone(hits[item.item_id], hits)]
    if shown := items_showing(draft, best or lines):
        return shown
    if len({frozenset(hits[item.item_id]) for item in best}) < len(best):
        return ()  # two variants of one product, and nothing tells which
    return tuple(best) or (lines if _EVERYTHING.search(text) else ())


async def list_items(draft: Draft) -> str:
    """Show the goods of the order to choose from."""
    order = await find_own(draft, draft.slots.get("order_id", ""))
    if order is None:
        return ""
    lines = list({item.item_id: item for item in order.items}.values())
    draft.list_shown("items", [item.item_id for item in lines[: draft.at_most(len(lines))]])
    draft.say("ask_items", order=order.order_id)
    told = [draft.word("item_line", place=at, item=item_name(draft, item)) for at, item in enumerate(lines, 1)]
    draft.text("\n".join(told[: draft.at_most(len(told))]))
    draft.more_there(len(told) - draft.at_most(len(told)))
    draft.buttons(*((item_name(draft, item), draft.word("press.place", place=at)) for at, item in enumerate(lines, 1)))
    return ""


def item_name(draft: Draft, item: OrderItem) -> str:
    """Return what the customer calls a line of an order."""
    product = draft.desk.facts.product(item.product_id)
    return in_language(product.names, draft.language) if product else item.name


def _names(draft: Draft, item: OrderItem) -> tuple[str, ...]:
    product = draft.desk.facts.product(item.product_id)
    return (item.name, *(product.names.values() if product else ()))


def _outdone(own: set[str], hits: dict[str, set[str]]) -> bool:
    return any(own < other for other in hits.values())
