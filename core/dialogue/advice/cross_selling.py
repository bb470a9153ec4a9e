"""Name one thing that goes with what was bought: once, at a right moment, with its reason, and never in trouble."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.dialogue.aspects import is_in_stock
from core.dialogue.draft import Draft
from core.dialogue.orders import find_own, is_under_way
from core.dialogue.products import show_card, tell_product
from core.knowledge.question import read_question
from core.shop.records import Order, Product, in_language
from core.wording.formats import price_range
from core.wording.templates import SPOKEN_CHANNELS

FLOW = "cross_sell"
TOLD = "told_order"
"""The slot with the order of which was told last how it stands; gone with the next message."""
_DONE = "cross_sold"
_TROUBLE = ("tickets", "handoff_reason", "topic", "request")
"""Slots that tell of something that went wrong or is being settled in this conversation."""
_CALM = -0.2
"""Mood below which nobody wants to be sold something."""


async def offer_beside_cart(draft: Draft) -> str:
    """Name what goes with the product that a link was just given for."""
    bought = draft.slots.pop("bought_now", "")
    if bought and draft.alone:
        await _offer(draft, [bought], set())
    return ""


async def note_told(draft: Draft) -> str:
    """Remember that it was told how an order stands, if it is on its way, in time, and nothing else was asked."""
    order = await find_own(draft, draft.slots.get("order_id", ""))
    draft.forget(TOLD)
    if order is not None and draft.alone and _is_in_time(order, draft.message.received_at):
        draft.slots[TOLD] = order.order_id
    return ""


async def offer_beside_order(draft: Draft) -> str:
    """Name what goes with an order, once the customer has thanked for how it stands."""
    order = await find_own(draft, draft.slots.pop(TOLD, ""))
    if order is not None and draft.slots.get("personal") != "no":
        bought = dict.fromkeys(item.product_id for item in order.items)
        await _offer(draft, bought, set(bought))
    return ""


async def show_offered(draft: Draft) -> str:
    """Tell of the product that was named, after a yes."""
    product = draft.desk.facts.product(draft.slots.pop("offered_product", ""))
    if product is None:
        draft.say("anything_else")
        return ""
    name = in_language(product.names, draft.language)
    await tell_product(draft, product, read_question(name, draft.desk.facts.lexicon))
    return ""


async def _offer(draft: Draft, seeds: Iterable[str], owned: set[str]) -> None:
    if _DONE in draft.slots or not _is_right_moment(draft):
        return
    for seed in seeds:
        found = _going_with(draft, seed, owned)
        if found is not None:
            product, reason = found
            draft.slots[_DONE] = "yes"
            draft.slots["offered_product"] = product.product_id
            name = in_language(product.names, draft.language)
            prices = price_range([v.price for v in product.variants.values() if is_in_stock(v)], draft.desk.currency,
                                 draft.language)  # fmt: skip
            draft.turn_page()
            draft.say("cross_sell", product=name, price=prices, reason=reason)
            show_card(draft, product, tuple(filter(is_in_stock, product.variants.values())))
            draft.buttons(
                (draft.word("button.show"), f"product:{product.product_id}"),
                (draft.word("button.no"), draft.word("press.no")),
            )
            draft.cite(f"product:{product.product_id}", name)
            draft.offer(FLOW)
            return


def _is_right_moment(draft: Draft) -> bool:
    """Return whether nothing is wrong, in this message or before it, and the customer reads and does not only hear."""
    trouble = any(slot in draft.slots for slot in _TROUBLE) or draft.handed_off or draft.session.handed_off
    mood = draft.understanding.sentiment
    return not trouble and mood >= _CALM and draft.message.channel not in SPOKEN_CHANNELS


def _going_with(draft: Draft, seed: str, owned: set[str]) -> tuple[Product, str] | None:
    """Return what records link to a product, else what its buyers often bought as well; in stock, with the reason."""
    facts, language = draft.desk.facts, draft.language
    bought = facts.product(seed)
    if bought is None:
        return None
    name = in_language(bought.names, language)
    for node in facts.graph.near(f"product:{seed}", "goes_with"):
        product = facts.product(node.id.partition(":")[2])
        if product and product.product_id not in owned and any(map(is_in_stock, product.variants.values())):
            return product, draft.word("cross_sell_linked", product=name)
    for key, customers in facts.history.often_with(seed):
        product = facts.product(key)
        if product and key not in owned and any(map(is_in_stock, product.variants.values())):
            return product, draft.word("cross_sell_together", product=name, customers=customers)
    return None


def _is_in_time(order: Order, now: datetime) -> bool:
    """Return whether an order is under way and none of its parcels is late."""
    return is_under_way(order) and all(
        not parcel.expected or parcel.expected[:10] >= now.date().isoformat() for parcel in order.fulfilments
    )
