"""What was bought by the same customer, without who it was."""

from __future__ import annotations

import json

from sqlalchemy import Connection, func, select

from core.shop.records import OrderStatus
from core.shop.tables import ORDERS


def baskets(connection: Connection) -> tuple[frozenset[str], ...]:
    """Return the ids of the products that each customer ordered, cancelled orders aside; nothing else is kept.

    The orders of one customer are one basket: who buys the same two things every month is one, not twelve.
    """
    by_customer = select(func.json_group_array(func.json(ORDERS.c.body))).group_by(ORDERS.c.customer_id)
    found = (
        frozenset(
            item["product_id"]
            for order in json.loads(orders)
            if order["status"] != OrderStatus.CANCELLED
            for item in order["items"]
        )
        for orders in connection.execute(by_customer).scalars()
    )
    return tuple(filter(None, found))
