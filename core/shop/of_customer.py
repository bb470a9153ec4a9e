"""What the store holds about one customer beside their record: tickets, and who has a telephone number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from core.shop.keys import phone_key
from core.shop.records import Ticket
from core.shop.tables import CUSTOMERS, TICKETS

_TICKETS = 50
"""The newest; nobody hears of more."""


def tickets_of(connection: Connection, customer_id: str) -> tuple[Ticket, ...]:
    """Return a customer's tickets, newest first."""
    query = select(TICKETS).where(TICKETS.c.customer_id == customer_id).order_by(TICKETS.c.at.desc()).limit(_TICKETS)
    tickets = []
    for row in connection.execute(query):
        body = json.loads(row.body)
        items = body.get("item_ids")
        tickets.append(
            Ticket(
                number=row.number,
                topic=row.kind,
                order_id=str(body.get("order_id", "")),
                items=tuple(map(str, items)) if isinstance(items, list) else (),
                summary=row.summary,
                at=datetime.fromtimestamp(row.at, UTC).date().isoformat(),
            )
        )
    return tuple(tickets)


def having_phone(connection: Connection, phone: str) -> list[str]:
    """Return the records of those with a telephone number, as they are stored.

    It looks through all customers, which is asked once in a call: 100,000 take a part of a second.
    """
    wanted = phone_key(phone)
    if not wanted:
        return []
    number = func.json_extract(CUSTOMERS.c.body, "$.phone")
    query = select(CUSTOMERS.c.body, number.label("phone")).where(number.like(f"%{wanted[-4:-2]}%{wanted[-2:]}%"))
    return [row.body for row in connection.execute(query) if phone_key(row.phone) == wanted]
