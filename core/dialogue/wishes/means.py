"""How a customer pays and where a parcel goes, from what they said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dialogue.wishes.placing import find
from core.dialogue.wishes.wish import Options
from core.shop.records import Address, Customer, Order, PaymentMethod

ADDRESS_PARTS = ("address1", "address2", "city", "state", "country", "zip")


def original_method(order: Order) -> str:
    """Return the method that an order was paid with first; "" where its records do not say."""
    return next((paid.payment_method_id for paid in order.payments if paid.transaction_type == "payment"), "")


def methods_meant(said: str, customer: Customer, order: Order | None) -> tuple[str, ...]:
    """Return the ids of the customer's own payment methods that the words may mean; none when they have no such."""
    own = customer.payment_methods
    first = original_method(order) if order else ""
    if said in own:
        return (said,)
    if said == "original":
        return (first,) if first in own else ()
    if said == "other":
        return tuple(key for key in own if key != first)
    source, _, detail = said.partition(":")
    alike = [method for method in own.values() if method.source == source]
    if detail:
        alike = [method for method in alike if detail.lower() in (method.last_four, method.brand.lower())]
    return tuple(method.id for method in alike)


def described(method: PaymentMethod) -> tuple[str, str]:
    """Return a method's kind and what tells it from others of its kind: ("credit_card", "visa 1234")."""
    return method.source, " ".join(part for part in (method.brand, method.last_four) if part)


def whole_address(parts: Options, ref: str, customer: Customer, orders: Sequence[Order]) -> Mapping[str, str] | None:
    """Return the address that was named or pointed at, "" for a part that lacks; None for one nobody knows."""
    if ref:
        known = _pointed_at(ref, customer, orders)
        return {**_parts(known), **dict(parts)} if known else None
    found = dict(parts)
    if not found:
        return {}
    return {name: found.get(name, "") for name in ADDRESS_PARTS}


def lacking(address: Mapping[str, str]) -> tuple[str, ...]:
    """Return the parts without which no parcel arrives; a state is not everywhere."""
    return tuple(name for name in ("address1", "city", "zip", "country") if not address.get(name))


def _pointed_at(ref: str, customer: Customer, orders: Sequence[Order]) -> Address | None:
    kind, _, which = ref.partition(":")
    if kind == "order":
        order = find(orders, which)
        return order.address if order else None
    if kind == "city":
        known = [customer.address, *(order.address for order in orders)]
        return next((one for one in known if which.lower() in f"{one.city} {one.state}".lower()), None)
    return customer.address


def _parts(address: Address) -> dict[str, str]:
    return {name: str(getattr(address, name)) for name in ADDRESS_PARTS}
