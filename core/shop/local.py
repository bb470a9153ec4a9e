"""The shop that lives in our own store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Select, select

from core.journal.store import Store
from core.ports import Effect
from core.shop import pictures
from core.shop.baskets import baskets
from core.shop.deeds import proposed
from core.shop.formats.json_in import customer_from, order_from, page_from, product_from
from core.shop.guards import guard
from core.shop.importing import About, about_shop, put, stored, take
from core.shop.keys import email_key, name_key, names_of, order_key, zip_key
from core.shop.lookup import Bench
from core.shop.of_customer import having_phone, tickets_of
from core.shop.records import Customer, Order, Page, Picture, Product, Records, Ticket
from core.shop.ruling import Ruling
from core.shop.tables import CUSTOMERS, ORDERS, PAGES, PRODUCTS, SHOP
from core.shop.terms import Terms
from core.types import Action, ActionStatus, Identity


class LocalShop:
    """`core.ports.Shop` on a `Store`. Its actions share the transaction of the turn that asked for them."""

    def __init__(self, store: Store, folder: Path, bench: Bench | None = None) -> None:
        """Keep the records in `store` and the pictures in `folder`; `bench` says by which terms actions are judged."""
        self._store = store
        self._bench = bench or Bench()
        self._folder = folder
        self._revision = -1
        self._products: dict[str, Product] = {}
        self._pages: tuple[Page, ...] = ()

    async def about(self) -> About | None:
        """Return the shop's name, currency and origin; None before the first import."""
        return await self._store.read(about_shop)

    async def customer(self, customer_id: str) -> Customer | None:
        """Return one customer."""
        found = await self._customers(select(CUSTOMERS.c.body).where(CUSTOMERS.c.id == customer_id))
        return found[0] if found else None

    async def customer_by_email(self, email: str) -> Customer | None:
        """Return the customer with this e-mail address, letter case aside; None also when two share it."""
        found = await self._customers(select(CUSTOMERS.c.body).where(CUSTOMERS.c.email == email_key(email)))
        return found[0] if len(found) == 1 and email_key(email) else None

    async def customers_by_name_zip(self, name: str, zip_code: str) -> tuple[Customer, ...]:
        """Return those whose full name (either order, any script of theirs, letter case aside) and zip fit."""
        near = await self._customers(select(CUSTOMERS.c.body).where(CUSTOMERS.c.zip == zip_key(zip_code)))
        return tuple(customer for customer in near if zip_key(zip_code) and name_key(name) in names_of(customer))

    async def order(self, order_id: str) -> Order | None:
        """Return one order; a missing "#" or letter case is forgiven."""
        query = select(ORDERS.c.body).where(ORDERS.c.number == order_key(order_id))
        found = await self._orders(query)
        return found[0] if found else None

    async def orders_of(self, identity: Identity) -> tuple[Order, ...]:
        """Return the orders of the verified customer, newest first."""
        owner = await self.customer(identity.customer_id)
        if owner is None:
            return ()
        age = {order_id: place for place, order_id in enumerate(owner.orders)}
        found = await self._orders(
            select(ORDERS.c.body).where(ORDERS.c.customer_id == owner.user_id).order_by(ORDERS.c.seq)
        )
        return tuple(
            sorted(found, key=lambda order: (order.placed_at, age.get(order.order_id, len(age))), reverse=True)
        )

    async def customers_by_phone(self, phone: str) -> tuple[Customer, ...]:
        """Return those with this telephone number, signs and the country's code aside; none for a short one."""
        bodies = await self._store.read(lambda connection: having_phone(connection, phone))
        return tuple(customer_from(stored(body, "store: shop_customers")) for body in bodies)

    async def tickets_of(self, identity: Identity) -> tuple[Ticket, ...]:
        """Return the tickets of the verified customer, newest first."""
        return await self._store.read(lambda connection: tickets_of(connection, identity.customer_id))

    async def products(self) -> tuple[Product, ...]:
        """Return the catalogue."""
        await self._refresh()
        return tuple(self._products.values())

    async def product(self, product_id: str) -> Product | None:
        """Return one product."""
        await self._refresh()
        return self._products.get(product_id)

    async def baskets(self) -> tuple[frozenset[str], ...]:
        """Return the ids of the products of each customer's orders, cancelled ones aside: not whose, nor when."""
        return await self._store.read(baskets)

    async def pages(self) -> tuple[Page, ...]:
        """Return the shop's questions and policies."""
        await self._refresh()
        return self._pages

    async def review(self, action: Action, *, identity: Identity | None, after: Sequence[Action] = ()) -> Ruling:
        """Judge an action as if the customer had said yes to it; arguments may lack, nothing is written.

        `after` are the actions that the same yes would do before this one.
        """
        return await self._store.read(
            lambda connection: guard(action, self._bench.world(connection, action, identity, after))
        )

    async def propose(self, action: Action, *, identity: Identity | None, after: Sequence[Effect] = ()) -> Effect:
        """Check an action against the policies and return its effect, its action marked done or denied.

        A write to orders or customers is denied without the customer's yes to exactly these arguments. A key that
        acted before acts no more: its effect says done and changes nothing. `after` are the effects that the same
        turn will have before this one. The effect judges again inside its transaction and raises `ConflictError`
        when somebody else was quicker.
        """
        before = tuple(effect.action for effect in after if effect.action.status is ActionStatus.DONE)
        return await self._store.read(lambda connection: proposed(connection, action, identity, self._bench, before))

    async def terms(self) -> tuple[Terms, date]:
        """Return the terms that hold in this shop, and the shop's own day."""
        return await self._store.read(self._bench.terms_of_shop)

    async def import_records(self, records: Records, *, origin: str, pictures_from: Path | None = None) -> None:
        """Replace the whole shop, in one transaction.

        Pictures are copied from the folder `pictures_from`; without one they are left out. Raises
        `ShopError` when a picture is missing or the records contradict each other; the old shop is
        untouched then.
        """
        kept = await asyncio.to_thread(pictures.copied, records, pictures_from, self._folder)
        on = self._bench.clock()
        await self._store.write(lambda connection: put(connection, kept, origin=origin, on=on))
        await asyncio.to_thread(pictures.sweep, kept, self._folder)

    async def export_records(self, pictures_to: Path | None = None) -> Records:
        """Return the whole shop; with `pictures_to`, copy its pictures there."""
        records = await self._store.read(take)
        return await asyncio.to_thread(pictures.exported, records, self._folder, pictures_to)

    def picture_path(self, picture: Picture) -> Path:
        """Return where a catalogue picture lies on disk."""
        return pictures.located(self._folder, picture)

    async def _customers(self, query: Select[str]) -> list[Customer]:
        bodies = await self._read(query)
        return [customer_from(stored(body, "store: shop_customers")) for body in bodies]

    async def _orders(self, query: Select[str]) -> list[Order]:
        return [order_from(stored(body, "store: shop_orders")) for body in await self._read(query)]

    async def _read(self, query: Select[str]) -> list[str]:
        return await self._store.read(lambda connection: list(connection.execute(query).scalars()))

    async def _refresh(self) -> None:
        """Read catalogue and pages again when an import, maybe another process's, changed them."""
        fresh = await self._store.read(self._newer)
        if fresh is not None:
            self._revision, self._products, self._pages = fresh

    def _newer(self, connection: Connection) -> tuple[int, dict[str, Product], tuple[Page, ...]] | None:
        revision = connection.execute(select(SHOP.c.revision)).scalar() or 0
        if revision == self._revision:
            return None
        products = connection.execute(select(PRODUCTS.c.body).order_by(PRODUCTS.c.seq)).scalars()
        pages = connection.execute(select(PAGES.c.body).order_by(PAGES.c.seq)).scalars()
        read = [product_from(stored(body, "store: shop_products")) for body in products]
        return (
            revision,
            {product.product_id: product for product in read},
            tuple(page_from(stored(body, "store: shop_pages")) for body in pages),
        )
