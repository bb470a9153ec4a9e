"""What each write makes of an order and its customer: pure, the effects of tau2-bench's retail tools.

Where those tools would lose money the shop does not follow them: a cancelled order whose payment was changed
before is refunded once, not once per line of its history; and of two lines of one item, each changes for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from core.shop.money import GIFT_CARD, PAYMENT, REFUND, balance_of, cents, paid_by_method
from core.shop.policies.case import Case, chosen, listed
from core.shop.policies.moving import address_from
from core.shop.policies.swapping import difference_to_pay
from core.shop.records import Customer, Order, OrderItem, OrderStatus, Payment, Variant
from core.shop.world import World
from core.types import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The records after a write."""

    customer: Customer
    order: Order | None
    """None where only the customer changed."""


Change: TypeAlias = Callable[[Case], Changed]


def changed(action: Action, world: World) -> Changed:
    """Return the records after an action that `core.shop.guards.guard` allowed in the same world."""
    return _CHANGES[action.name](Case(action, world))


def has_changed(action: Action, world: World) -> bool:
    """Return whether an allowed action would leave the records other than they are."""
    after = changed(action, world)
    return after.customer != world.customer or (after.order is not None and after.order != world.order)


def _cancelled(case: Case) -> Changed:
    order, customer = case.order, case.customer
    refunds = [
        Payment(transaction_type=REFUND, amount=amount, payment_method_id=method_id)
        for method_id, amount in paid_by_method(order.payments).items()
    ]
    for refund in refunds:
        customer = _credited(customer, refund.payment_method_id, refund.amount)
    after = replace(
        order,
        status=OrderStatus.CANCELLED.value,
        cancel_reason=case.text("reason"),
        payments=(*order.payments, *refunds),
    )
    return Changed(customer=customer, order=after)


def _items_modified(case: Case) -> Changed:
    order, method_id = case.order, case.text("payment_method_id")
    difference = difference_to_pay(case)
    settled = Payment(
        transaction_type=PAYMENT if difference > 0 else REFUND,
        amount=abs(difference),
        payment_method_id=method_id,
    )
    new = dict(zip(chosen(order.items, case.texts("item_ids")), case.new_variants(), strict=True))
    after = replace(
        order,
        items=tuple(_as(item, new[place]) if place in new else item for place, item in enumerate(order.items)),
        payments=(*order.payments, settled),
        status=OrderStatus.PENDING_MODIFIED.value,
    )
    return Changed(customer=_credited(case.customer, method_id, -difference), order=after)


def _as(item: OrderItem, variant: Variant) -> OrderItem:
    return replace(item, item_id=variant.item_id, price=variant.price, options=variant.options)


def _address_modified(case: Case) -> Changed:
    return Changed(customer=case.customer, order=replace(case.order, address=address_from(case)))


def _payment_modified(case: Case) -> Changed:
    before, method_id = case.order.payments[0], case.text("payment_method_id")
    new = Payment(transaction_type=PAYMENT, amount=before.amount, payment_method_id=method_id)
    back = Payment(transaction_type=REFUND, amount=before.amount, payment_method_id=before.payment_method_id)
    customer = _credited(case.customer, method_id, -before.amount)
    customer = _credited(customer, before.payment_method_id, before.amount)
    return Changed(customer=customer, order=replace(case.order, payments=(before, new, back)))


def _own_address_modified(case: Case) -> Changed:
    return Changed(customer=replace(case.customer, address=address_from(case)), order=None)


def _returned(case: Case) -> Changed:
    left = {
        "return_items": sorted([*listed(case.order, "return_items"), *case.texts("item_ids")]),
        "return_payment_method_id": case.text("payment_method_id"),
    }
    return _requested(case, OrderStatus.RETURN_REQUESTED, left)


def _exchanged(case: Case) -> Changed:
    earlier = case.order.extra.get("exchange_price_difference")
    before = earlier if isinstance(earlier, int | float) else 0.0
    left = {
        "exchange_items": sorted([*listed(case.order, "exchange_items"), *case.texts("item_ids")]),
        "exchange_new_items": sorted([*listed(case.order, "exchange_new_items"), *case.texts("new_item_ids")]),
        "exchange_payment_method_id": case.text("payment_method_id"),
        "exchange_price_difference": cents(before + difference_to_pay(case)),
    }
    return _requested(case, OrderStatus.EXCHANGE_REQUESTED, left)


def _requested(case: Case, status: OrderStatus, left: Mapping[str, object]) -> Changed:
    extra = MappingProxyType({**case.order.extra, **left})
    return Changed(customer=case.customer, order=replace(case.order, status=status.value, extra=extra))


def _credited(customer: Customer, method_id: str, amount: float) -> Customer:
    """Return the customer with money put on a gift card (taken off it, when negative); others settle elsewhere."""
    method = customer.payment_methods.get(method_id)
    if method is None or method.source != GIFT_CARD:
        return customer
    charged = replace(method, balance=cents((balance_of(method) or 0.0) + amount))
    return replace(customer, payment_methods=MappingProxyType({**customer.payment_methods, method_id: charged}))


_CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "cancel_pending_order": _cancelled,
        "modify_pending_order_items": _items_modified,
        "modify_pending_order_address": _address_modified,
        "modify_pending_order_payment": _payment_modified,
        "modify_user_address": _own_address_modified,
        "return_delivered_order_items": _returned,
        "exchange_delivered_order_items": _exchanged,
    }
)
