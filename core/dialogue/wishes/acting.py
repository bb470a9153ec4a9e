"""From a wish to the shop's action, with the arguments that are known."""

from __future__ import annotations

from collections.abc import Mapping

from core.dialogue.wishes.wish import Wish
from core.shop.records import Order, OrderStatus
from core.understand.deeds import Deed


def action_name(wish: Wish, order: Order | None) -> str:
    """Return the name of the shop's action; another variant is an exchange once the order was delivered."""
    if wish.deed is Deed.SWAP:
        pending = order is not None and order.status.startswith(OrderStatus.PENDING)
        return "modify_pending_order_items" if pending else "exchange_delivered_order_items"
    return _NAMES[wish.deed]


def arguments(
    wish: Wish,
    order: Order | None,
    *,
    customer_id: str,
    payment: str,
    address: Mapping[str, str],
    chosen: tuple[str, ...],
) -> dict[str, object]:
    """Return what is known of the action's arguments.

    `payment` is a payment method's id, `address` a whole address, `chosen` the new item of each line; they
    are left out where they are empty.
    """
    found: dict[str, object] = {}
    if wish.deed is Deed.PROFILE:
        found["user_id"] = customer_id
    elif order is not None:
        found["order_id"] = order.order_id
    if wish.deed is Deed.CANCEL and wish.reason:
        found["reason"] = wish.reason.removeprefix("other:")
    if wish.has_goods and order is not None:
        places = [line.place for line in wish.lines if line.place is not None]
        if places:
            found["item_ids"] = [order.items[place].item_id for place in places]
        if chosen:
            found["new_item_ids"] = list(chosen)
    if payment and wish.deed in (Deed.RETURN, Deed.SWAP, Deed.PAYMENT):
        found["payment_method_id"] = payment
    if wish.deed in (Deed.ADDRESS, Deed.PROFILE):
        found |= address
    return found


_NAMES: Mapping[Deed, str] = {
    Deed.CANCEL: "cancel_pending_order",
    Deed.RETURN: "return_delivered_order_items",
    Deed.ADDRESS: "modify_pending_order_address",
    Deed.PAYMENT: "modify_pending_order_payment",
    Deed.PROFILE: "modify_user_address",
}
