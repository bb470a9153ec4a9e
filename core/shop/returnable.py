"""Which of the things a customer bought can still go back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.shop.policies.case import still_here
from core.shop.policies.goods import is_excluded
from core.shop.records import Order, OrderItem, OrderStatus, Product
from core.shop.terms import ExchangeTerms, ReturnTerms, Terms
from core.shop.world import delivered_on

_GONE_BACK = frozenset({OrderStatus.RETURN_REQUESTED, OrderStatus.EXCHANGE_REQUESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """A line of a delivered order and what may be done with it."""

    order_id: str
    item: OrderItem
    may_return: bool
    may_exchange: bool
    return_until: date | None
    """The last day; None where the shop sets no limit."""
    exchange_until: date | None
    """The last day; None where the shop sets no limit."""


def returnable(
    orders: Iterable[Order], products: Mapping[str, Product], terms: Terms, today: date
) -> tuple[Returnable, ...]:
    """Return the lines of these orders that may still be returned or exchanged, in the order of the orders.

    It says what `core.shop.guards.guard` would allow: status, window, once only, goods that are not taken back.
    """
    lines = (line for order in orders for line in _of_order(order, products, terms, today))
    return tuple(line for line in lines if line.may_return or line.may_exchange)


def _of_order(order: Order, products: Mapping[str, Product], terms: Terms, today: date) -> Iterable[Returnable]:
    may_return, may_exchange = (_open(order, part, today) for part in (terms.returns, terms.exchanges))
    for item in still_here(order):
        product = products.get(item.product_id)
        yield Returnable(
            order_id=order.order_id,
            item=item,
            may_return=may_return and not is_excluded(item.product_id, product, terms.returns.excluded),
            may_exchange=may_exchange and not is_excluded(item.product_id, product, terms.exchanges.excluded),
            return_until=_until(order, terms.returns),
            exchange_until=_until(order, terms.exchanges),
        )


def _open(order: Order, terms: ReturnTerms | ExchangeTerms, today: date) -> bool:
    if order.status != OrderStatus.DELIVERED and (terms.once_only or order.status not in _GONE_BACK):
        return False
    until = _until(order, terms)
    return terms.days is None or (until is not None and today <= until)


def _until(order: Order, terms: ReturnTerms | ExchangeTerms) -> date | None:
    arrived = delivered_on(order)
    return None if terms.days is None or arrived is None else arrived + timedelta(days=terms.days)
