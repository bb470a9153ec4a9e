"""Put a whole shop into the store, or take it out: one transaction, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from core.errors import ConfigError, ShopError
from core.shop.formats import json_in, json_out
from core.shop.formats.row import Row
from core.shop.keys import email_key, order_key, zip_key
from core.shop.records import Records, Texts
from core.shop.tables import CUSTOMERS, ORDERS, PAGES, PRODUCTS, SHOP
from core.shop.terms import terms_from


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What holds for the whole shop."""

    name: Texts
    currency: str
    """ISO 4217."""
    as_of: str
    """ISO 8601 date of the day the records describe; empty where they do not say."""
    origin: str
    """Where the records came from: the imported path's last part, or words of the importer's own."""
    policy: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What the shop's own terms say otherwise than the built-in ones."""
    imported_on: str = ""
    """ISO 8601 date of the day on which the records came; empty in stores of before it was kept."""


def put(connection: Connection, records: Records, *, origin: str, on: date) -> None:
    """Replace the shop in the store by `records`, which come on the day `on`.

    Raises `ShopError` when two orders have the same number but for letter case and "#", or when the records'
    own policy is wrong.
    """
    _refuse_wrong_policy(records)
    for table in (PRODUCTS, CUSTOMERS, ORDERS, PAGES):
        connection.execute(delete(table))
    _fill(connection, PRODUCTS, ({"id": k, "body": _text(json_out.product_to(v))} for k, v in records.products.items()))
    _fill(connection, PAGES, ({"id": k, "body": _text(json_out.page_to(v))} for k, v in records.pages.items()))
    _fill(
        connection,
        CUSTOMERS,
        (
            {
                "id": key,
                "email": email_key(customer.email),
                "zip": zip_key(customer.address.zip),
                "body": _text(json_out.customer_to(customer)),
            }
            for key, customer in records.customers.items()
        ),
    )
    _refuse_twins(records)
    _fill(
        connection,
        ORDERS,
        (
            {
                "id": key,
                "number": order_key(key),
                "customer_id": order.user_id,
                "body": _text(json_out.order_to(order)),
            }
            for key, order in records.orders.items()
        ),
    )
    revision = (connection.execute(select(SHOP.c.revision)).scalar() or 0) + 1
    about = {
        "name": dict(records.name),
        "currency": records.currency,
        "as_of": records.as_of,
        "origin": origin,
        "policy": dict(records.policy),
        "imported_on": on.isoformat(),
    }
    connection.execute(delete(SHOP))
    connection.execute(insert(SHOP), {"id": 1, "body": _text(about), "revision": revision})


def take(connection: Connection) -> Records:
    """Return the whole shop as it stands in the store."""
    about = about_shop(connection)
    return Records(
        name=about.name if about else {},
        currency=about.currency if about else "USD",
        as_of=about.as_of if about else "",
        policy=about.policy if about else {},
        products={product.product_id: product for product in map(json_in.product_from, _rows(connection, PRODUCTS))},
        customers={customer.user_id: customer for customer in map(json_in.customer_from, _rows(connection, CUSTOMERS))},
        orders={order.order_id: order for order in map(json_in.order_from, _rows(connection, ORDERS))},
        pages={page.id: page for page in map(json_in.page_from, _rows(connection, PAGES))},
    )


def about_shop(connection: Connection) -> About | None:
    """Return what holds for the whole shop, None before the first import."""
    body = connection.execute(select(SHOP.c.body)).scalar()
    return About(**json.loads(body)) if body else None


def stored(body: str, where: str) -> Row:
    """Return a stored document for the readers in `json_in`."""
    return Row(json.loads(body), where)


def _rows(connection: Connection, table: Table) -> Iterable[Row]:
    query = select(table.c.id, table.c.body).order_by(table.c.seq)
    return [stored(body, f'store: {table.name}["{key}"]') for key, body in connection.execute(query)]


def _fill(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    listed = [dict(row) for row in rows]
    if listed:
        connection.execute(insert(table), listed)


def _refuse_twins(records: Records) -> None:
    seen: dict[str, str] = {}
    for order_id in records.orders:
        twin = seen.setdefault(order_key(order_id), order_id)
        if twin != order_id:
            raise ShopError(f"orders {twin!r} and {order_id!r} differ only in letter case, blanks or '#'; rename one")


def _refuse_wrong_policy(records: Records) -> None:
    try:
        terms_from(records.policy, where='the shop\'s "policy"')
    except ConfigError as error:
        raise ShopError(str(error)) from error


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
