"""Read what a policy looks at from the store, and put back what a write made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import MappingProxyType

from sqlalchemy import Connection, select, update

from core.shop.changes import Changed, changed
from core.shop.formats.json_in import customer_from, order_from, product_from
from core.shop.formats.json_out import customer_to, order_to
from core.shop.guards import WRITES, guard
from core.shop.importing import About, about_shop, stored
from core.shop.keys import email_key, order_key, zip_key
from core.shop.records import Customer, Order, Product
from core.shop.tables import CUSTOMERS, ORDERS, PRODUCTS
from core.shop.terms import Terms, retail_terms, terms_from
from core.shop.world import World
from core.types import Action, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where actions are judged: whose terms hold, and which day it is."""

    terms: Terms | None = None
    """In place of those that the shop was imported with."""
    clock: Callable[[], date] = date.today

    def world(
        self, connection: Connection, action: Action, identity: Identity | None, after: Iterable[Action] = ()
    ) -> World:
        """Return what the records say about an action at this moment, or once the actions `after` were done."""
        terms, today = self.terms_of_shop(connection)
        stored = partial(_world, connection, identity=identity, terms=terms, today=today)
        made = Made()
        for earlier in after:
            world = made.seen_in(stored(earlier))
            if earlier.name in WRITES and guard(earlier, world).allowed:
                made.take(changed(earlier, world))
        return made.seen_in(stored(action))

    def terms_of_shop(self, connection: Connection) -> tuple[Terms, date]:
        """Return the terms that hold, and the shop's own day."""
        about = about_shop(connection)
        return self.terms or _terms(about), _today(about, self.clock())


@dataclass(slots=True)
class Made:
    """What actions of the same turn will have made of the records."""

    customer: Customer | None = None
    orders: dict[str, Order] = field(default_factory=dict)

    def take(self, after: Changed) -> None:
        """Remember what an action makes."""
        self.customer = after.customer
        if after.order is not None:
            self.orders[after.order.order_id] = after.order

    def seen_in(self, world: World) -> World:
        """Return the world with it in place of what is stored."""
        order = self.orders.get(world.order.order_id, world.order) if world.order else None
        return replace(world, customer=self.customer or world.customer, order=order)


def put_back(connection: Connection, after: Changed) -> None:
    """Write a changed customer and order over the ones that were read on this connection."""
    customer, order = after.customer, after.order
    connection.execute(
        update(CUSTOMERS).where(CUSTOMERS.c.id == customer.user_id),
        {
            "email": email_key(customer.email),
            "zip": zip_key(customer.address.zip),
            "body": _text(customer_to(customer)),
        },
    )
    if order is not None:
        connection.execute(
            update(ORDERS).where(ORDERS.c.id == order.order_id),
            {"body": _text(order_to(order))},
        )


def _world(connection: Connection, action: Action, *, identity: Identity | None, terms: Terms, today: date) -> World:
    order = _order(connection, action.arguments.get("order_id"))
    return World(
        terms=terms,
        today=today,
        identity=identity,
        customer=_customer(connection, identity),
        order=order,
        products=_products(connection, order),
    )


def _terms(about: About | None) -> Terms:
    if about is None or not about.policy:
        return retail_terms()
    return terms_from(about.policy, where=f"the policy of the shop from {about.origin}")


def _today(about: About | None, now: date) -> date:
    """Return the day it is in the shop: its records describe one day, and time goes on from there."""
    if about is None or not about.as_of or not about.imported_on:
        return now
    return date.fromisoformat(about.as_of[:10]) + (now - date.fromisoformat(about.imported_on))


def _customer(connection: Connection, identity: Identity | None) -> Customer | None:
    if identity is None:
        return None
    body = connection.execute(select(CUSTOMERS.c.body).where(CUSTOMERS.c.id == identity.customer_id)).scalar()
    return customer_from(stored(body, "store: shop_customers")) if body else None


def _order(connection: Connection, order_id: object) -> Order | None:
    if not isinstance(order_id, str):
        return None
    body = connection.execute(select(ORDERS.c.body).where(ORDERS.c.number == order_key(order_id))).scalar()
    return order_from(stored(body, "store: shop_orders")) if body else None


def _products(connection: Connection, order: Order | None) -> Mapping[str, Product]:
    wanted: Iterable[str] = {item.product_id for item in order.items} if order else ()
    query = select(PRODUCTS.c.body).where(PRODUCTS.c.id.in_(list(wanted)))
    found = [product_from(stored(body, "store: shop_products")) for body in connection.execute(query).scalars()]
    return MappingProxyType({product.product_id: product for product in found})


def _text(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
