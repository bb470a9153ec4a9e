"""A photo on the staff's desk: what it may show, with prices and stock, and which items of a customer's it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from core.photo_ports import ProductFinder
from core.ports import BlobStore, Shop
from core.shop.records import Order, Product, in_language
from core.types import Attachment, Identity, Language, ProductMatch
from perception.media.stored import load_picture

_BY_STAFF = "staff"
"""By what the desk knows a customer: whoever has its key may read all orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoDesk:
    """`channels.web.house.PhotoViews` on the shop's records and the photo index."""

    shop: Shop
    finder: ProductFinder
    blobs: BlobStore

    async def look(
        self, photo: Attachment, *, customer: str, order: str, language: Language
    ) -> Mapping[str, Any] | None:
        """Return the things in the photo with the products that each may be; None for a customer who is unknown."""
        orders = await self._orders(customer, order)
        if orders is None:
            return None
        matches = await self.finder.find(await load_picture(self.blobs, photo.sha256), attachment_id=photo.id)
        things = []
        for number, rows in groupby(matches, key=lambda one: one.thing):
            own = list(rows)
            things.append(
                {
                    "thing": number,
                    "region": list(own[0].region),
                    "decision": own[0].decision.value,
                    "products": [
                        shown for one in own if (shown := await self._product(one, orders, language)) is not None
                    ],
                }
            )
        return {"photo": photo.sha256, "things": things}

    async def _orders(self, customer: str, order: str) -> Sequence[Order] | None:
        """Return the customer's orders, newest first, or the one order; () where neither is asked for."""
        if order:
            found = await self.shop.order(order)
            return (found,) if found and customer in ("", found.user_id) else None
        if not customer:
            return ()
        if await self.shop.customer(customer) is None:
            return None
        return await self.shop.orders_of(Identity(customer_id=customer, proved_by=_BY_STAFF))

    async def _product(
        self, match: ProductMatch, orders: Sequence[Order], language: Language
    ) -> Mapping[str, Any] | None:
        product = await self.shop.product(match.product_id)
        if product is None:
            return None
        variant = product.variants.get(match.sku)
        shown: dict[str, Any] = {
            "product_id": product.product_id,
            "sku": match.sku,
            "name": in_language(product.names, language),
            "score": round(match.score, 4),
            "picture": f"/v1/products/{quote(match.sku, safe='')}/picture",
            "orders": _held(product, match.sku, orders),
        }
        if variant is not None:
            shown |= {
                "options": dict(variant.options),
                "price": variant.price,
                "available": variant.available,
                "stock": variant.stock,
            }
        return shown


def _held(product: Product, sku: str, orders: Sequence[Order]) -> list[Mapping[str, Any]]:
    """Return the order items that are this product, those of the very variant first."""
    held = [
        {
            "order_id": order.order_id,
            "status": order.status,
            "item_id": item.item_id,
            "options": dict(item.options),
            "price": item.price,
            "is_same_variant": item.item_id == sku,
        }
        for order in orders
        for item in order.items
        if item.product_id == product.product_id
    ]
    return sorted(held, key=lambda one: not one["is_same_variant"])
