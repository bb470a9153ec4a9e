"""What was bought together, without who bought it."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from core.shop.records import OrderStatus
from core.shop.tables import ORDERS


def baskets(connection: Connection) -> tuple[frozenset[str], ...]:
    """Return the ids of the products of each order, cancelled ones aside; nothing else of an order is kept."""
    orders = map(json.loads, connection.execute(select(ORDERS.c.body)).scalars())
    return tuple(
        frozenset(item["product_id"] for item in order["items"])
        for order in orders
        if order["status"] != OrderStatus.CANCELLED
    )
