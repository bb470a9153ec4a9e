"""Order and parcel numbers that were read in a photo: they choose among the customer's own orders, and do no more.

A photo proves nothing. Its numbers never become the slot that may prove who is calling, and before a customer is
known they are only offered back.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue.draft import Draft
from core.shop.barcodes import gtin
from core.shop.records import Order
from core.types import MatchDecision
from core.understand.entities import find_entities
from core.understand.lettered import READ, is_in, order_ids_in
from core.understand.normalise import normalise
from core.wording.formats import listing

_AT = "read_at"
_TURNS = 5
"""For which a photo's numbers choose an order: proving who one is takes some."""
_MOST = 3


async def note_numbers(draft: Draft, *, waits_for_order: bool) -> None:
    """Keep the numbers of this message's photos, and forget those that are old, or that a typed number replaces.

    Where a known customer was asked which order is meant, the one in the photo is the answer.
    """
    if READ in draft.heard:
        draft.slots[_AT] = str(draft.session.version)
    stale = draft.session.version - int(draft.slots.get(_AT, "0")) > _TURNS
    if stale or "order_id" in draft.heard:
        draft.forget(READ, _AT)
    if waits_for_order and READ in draft.heard and draft.identity is not None:
        shown = orders_in_photo(draft, await draft.desk.shop.orders_of(draft.identity))
        if len(shown) == 1:
            draft.fill("order_id", shown[0].order_id)
        elif not shown:
            tell_strange_order(draft)


def orders_in_photo(draft: Draft, orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return those of a verified customer's orders whose number, or whose parcel's, stands in the photo."""
    runs = _runs(draft)
    if not runs or draft.identity is None:
        return ()
    return tuple(order for order in orders if any(is_in(number, runs) for number in _numbers(order)))


def focus_on_photo(draft: Draft, orders: Sequence[Order]) -> None:
    """Speak of the one order whose number stands in the photo, as if it had been spoken of last."""
    shown = orders_in_photo(draft, orders)
    if len(shown) == 1:
        draft.slots["order_id"] = shown[0].order_id
        draft.forget(READ, _AT)


def tell_strange_order(draft: Draft) -> None:
    """Say that the photo shows an order number which is none of the customer's own."""
    found = (one for run in _runs(draft) for one in find_entities(normalise(run), identifying=False, listing=False))
    if draft.identity is not None and any(one.kind == "order_id" for one in found):
        draft.say("photo_strange_order")
    draft.forget(READ, _AT)


def offer_lettering(draft: Draft) -> str:
    """Answer a photo by what stands in it, where that is of more use than how it looks; "" where it is not.

    A screenshot of an order names goods as well; the number of the order is what it is about.
    """
    decided = {one.decision for one in draft.percept.matches}
    if MatchDecision.MATCH in decided:
        return ""
    orders = order_ids_in(draft.percept)[:_MOST]
    if orders:
        draft.say("photo_orders", orders=listing(list(orders), draft.language))
        draft.buttons(*((draft.word("button.read_order", order=one), draft.word("press.read_order", order=one))
                        for one in orders))  # fmt: skip
        draft.offer("order_status")
        return "orders"
    if MatchDecision.ASK in decided:
        return ""
    for code in draft.percept.codes:
        if "://" in code.value:
            draft.say("photo_link")
            return "link"
        if gtin(code.value):
            draft.say("photo_code_unknown", code=code.value)
            return "code"
    return ""


def _numbers(order: Order) -> list[str]:
    return [order.order_id, *(number for parcel in order.fulfilments for number in parcel.tracking_ids)]


def _runs(draft: Draft) -> tuple[str, ...]:
    return tuple(draft.slots[READ].split("|")) if draft.slots.get(READ) else ()
