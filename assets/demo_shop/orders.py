"""A hundred and fifty orders in every state, from people.yaml and a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from assets.demo_shop.catalogue import read
from assets.demo_shop.parcels import parcel
from core.shop.records import Customer, Order, OrderItem, OrderStatus, Payment, Product, Variant

NOON = datetime.fromisoformat("2026-06-15T12:00:00+08:00")
"""The moment that the demo shop's records describe."""

_HOW_MANY = {
    OrderStatus.PENDING: 30,
    OrderStatus.PENDING_MODIFIED: 8,
    OrderStatus.PROCESSED: 18,
    OrderStatus.SHIPPED: 34,
    OrderStatus.DELIVERED: 38,
    OrderStatus.CANCELLED: 12,
    OrderStatus.RETURN_REQUESTED: 5,
    OrderStatus.EXCHANGE_REQUESTED: 5,
}
_DAYS_AGO = {
    OrderStatus.PENDING: (0, 1),
    OrderStatus.PENDING_MODIFIED: (0, 2),
    OrderStatus.PROCESSED: (1, 2),
    OrderStatus.SHIPPED: (2, 4),
    OrderStatus.DELIVERED: (9, 70),
    OrderStatus.CANCELLED: (3, 60),
    OrderStatus.RETURN_REQUESTED: (10, 14),
    OrderStatus.EXCHANGE_REQUESTED: (10, 16),
}
_FREE_SHIPPING = {"中国": 99}
_FREE_SHIPPING_ABROAD = 499

Shelf = list[tuple[Product, Variant]]


def orders(products: Mapping[str, Product], customers: Mapping[str, Customer]) -> dict[str, Order]:
    """Return the orders by id, oldest first."""
    shelf = [(product, variant) for product in products.values() for variant in product.variants.values()]
    by_email = {customer.email: customer for customer in customers.values()}
    written = read("people.yaml")["orders"]
    made = [_written(entry, by_email[entry["of"]], shelf) for entry in written]
    made += _by_lot(made, [c for c in customers.values() if c.email not in {entry["of"] for entry in written}], shelf)
    return {order.order_id: order for order in sorted(made, key=lambda order: (order.placed_at, order.order_id))}


def with_orders(customers: Mapping[str, Customer], placed: Mapping[str, Order]) -> dict[str, Customer]:
    """Return the customers with the ids of their orders, oldest first."""
    return {
        key: replace(customer, orders=tuple(order.order_id for order in placed.values() if order.user_id == key))
        for key, customer in customers.items()
    }


def _written(entry: dict[str, Any], customer: Customer, shelf: Shelf) -> Order:
    lot = Random(entry["id"])  # noqa: S311 - demo data
    by_sku = {variant.item_id: (product, variant) for product, variant in shelf}
    bought = [by_sku[sku] for sku in entry["items"]]
    placed = _placed(lot, entry["days_ago"])
    return _order(lot, entry["id"], customer, bought, OrderStatus(entry["status"]), placed, entry.get("due_in"), shelf)


def _by_lot(written: list[Order], customers: list[Customer], shelf: Shelf) -> Iterator[Order]:
    taken = {order.order_id for order in written}
    left = {status: many - sum(order.status == status for order in written) for status, many in _HOW_MANY.items()}
    lot = Random("orders")  # noqa: S311 - demo data
    turn = 0
    for status, many in left.items():
        for _ in range(many):
            customer = customers[turn % len(customers)]
            turn += 1
            earliest, latest = _DAYS_AGO[status]
            if status is OrderStatus.SHIPPED and customer.address.country != "中国":
                earliest, latest = 4, 9
            placed = _placed(lot, earliest + int(lot.random() * (latest - earliest + 1)))
            bought = _basket(lot, customer, shelf)
            yield _order(lot, _new_id(lot, taken), customer, bought, status, placed, None, shelf)


def _new_id(lot: Random, taken: set[str]) -> str:
    while (order_id := f"#W{1_000_000 + int(lot.random() * 9_000_000)}") in taken:
        pass
    taken.add(order_id)
    return order_id


def _placed(lot: Random, days_ago: int) -> datetime:
    minutes = int(lot.random() * 150) if days_ago == 0 else int(lot.random() * 780)
    return NOON.replace(hour=8) - timedelta(days=days_ago) + timedelta(minutes=minutes)


def _basket(lot: Random, customer: Customer, shelf: Shelf) -> list[tuple[Product, Variant]]:
    country = customer.address.country
    least = _FREE_SHIPPING.get(country, _FREE_SHIPPING_ABROAD)
    # Batteries stay in China (see the page on delivery areas).
    offered = shelf if country == "中国" else [(p, v) for p, v in shelf if "battery" not in p.attributes]
    bought: list[tuple[Product, Variant]] = []
    wanted = 1 + int(lot.random() * 3)
    while len(bought) < wanted or sum(variant.price for _, variant in bought) < least:
        choice = offered[int(lot.random() * len(offered))]
        if choice[0].product_id not in {product.product_id for product, _ in bought}:
            bought.append(choice)
    return bought


def _order(
    lot: Random,
    order_id: str,
    customer: Customer,
    bought: list[tuple[Product, Variant]],
    status: OrderStatus,
    placed: datetime,
    due_in: int | None,
    shelf: Shelf,
) -> Order:
    items = tuple(_item(product, variant) for product, variant in bought)
    total = round(sum(item.price for item in items), 2)
    method = next(iter(customer.payment_methods))
    payments = [Payment(transaction_type="payment", amount=total, payment_method_id=method)]
    cancelled = status is OrderStatus.CANCELLED
    if cancelled:
        payments.append(Payment(transaction_type="refund", amount=total, payment_method_id=method))
    due = None if due_in is None else NOON + timedelta(days=due_in)
    return Order(
        order_id=order_id,
        user_id=customer.user_id,
        address=customer.address,
        items=items,
        status=status.value,
        fulfilments=parcel(lot, customer, items, status, placed, NOON, due),
        payments=tuple(payments),
        placed_at=placed.isoformat(),
        cancel_reason=("no longer needed", "ordered by mistake")[int(lot.random() * 2)] if cancelled else "",
        extra=_after_sales(lot, status, bought, method, shelf),
    )


def _item(product: Product, variant: Variant) -> OrderItem:
    return OrderItem(
        name=product.names["en"],
        product_id=product.product_id,
        item_id=variant.item_id,
        price=variant.price,
        options=variant.options,
    )


def _after_sales(
    lot: Random, status: OrderStatus, bought: list[tuple[Product, Variant]], method: str, shelf: Shelf
) -> dict[str, object]:
    """Return what a return or an exchange leaves on the order, under the retail data's names."""
    product, variant = bought[0]
    if status is OrderStatus.RETURN_REQUESTED:
        return {"return_items": [variant.item_id], "return_payment_method_id": method}
    if status is OrderStatus.EXCHANGE_REQUESTED:
        others = [v for p, v in shelf if p is product and v is not variant and v.available] or [variant]
        new = others[int(lot.random() * len(others))]
        return {
            "exchange_items": [variant.item_id],
            "exchange_new_items": [new.item_id],
            "exchange_payment_method_id": method,
            "exchange_price_difference": round(new.price - variant.price, 2),
        }
    return {}
