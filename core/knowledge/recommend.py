"""Choose among products by price."""

from __future__ import annotations

from collections.abc import Sequence

from core.knowledge.budget import Budget
from core.shop.records import Product


def affordable(products: Sequence[Product], budget: Budget) -> list[Product]:
    """Return the products with a variant inside the budget that can be bought now, in the order given."""
    return [product for product in products if any(map(budget.holds, product.variants.values()))]


def cheapest_first(products: Sequence[Product]) -> list[Product]:
    """Return the products by their lowest price."""
    return sorted(products, key=lambda product: min((v.price for v in product.variants.values()), default=0.0))
