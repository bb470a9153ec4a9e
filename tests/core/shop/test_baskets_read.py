from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.shop.formats.detect import Found
    from core.shop.local import LocalShop


async def test_baskets_are_the_products_of_a_customers_orders_and_nothing_else(shop: LocalShop, demo: Found) -> None:
    kept = [order for order in demo.records.orders.values() if order.status != "cancelled"]
    baskets = await shop.baskets()
    bought: dict[str, set[str]] = {}
    for order in kept:
        bought.setdefault(order.user_id, set()).update(item.product_id for item in order.items)
    assert len(bought) < len(kept)
    assert sorted(map(sorted, baskets)) == sorted(map(sorted, bought.values()))
    assert len(kept) < len(demo.records.orders)
    assert {one for basket in baskets for one in basket} <= demo.records.products.keys()
