"""Rules about the goods that an action names: that they stand in the order, and what may come instead."""

from __future__ import annotations

from collections import Counter

from core.shop.policies.case import SEPARATOR, Case, Check, still_here
from core.shop.policies.standing import terms_of
from core.shop.records import Product
from core.shop.ruling import Ruling


def goods_named(case: Case) -> Ruling | None:
    """Deny goods that are not in the order, or not as often as they are named."""
    if not case.texts("item_ids"):
        items = SEPARATOR.join(item.item_id for item in still_here(case.order))
        return case.deny("goods/needs_item_ids", needs="item_ids", items=items)
    here = Counter(item.item_id for item in still_here(case.order))
    for item_id, times in Counter(case.texts("item_ids")).items():
        if times > here[item_id]:
            return case.deny("goods/not_in_order", item=item_id)
    return None


def goods_accepted(area: str) -> Check:
    """Return the rule that the shop takes such goods back ("return" or "exchange")."""

    def rule(case: Case) -> Ruling | None:
        excluded = terms_of(case, area).excluded
        for line in case.lines():
            if is_excluded(line.product_id, case.world.products.get(line.product_id), excluded):
                return case.deny(f"{area}/excluded", item=line.item_id)
        return None

    return rule


def is_excluded(product_id: str, product: Product | None, excluded: tuple[str, ...]) -> bool:
    """Return whether a product stands, itself or by its category, among those that the shop does not take back."""
    return product_id in excluded or (product is not None and product.category in excluded)


def new_goods_named(case: Case) -> Ruling | None:
    """Deny new goods that are too many or too few, of another product, or not to be had."""
    wanted = case.texts("new_item_ids")
    if not wanted:
        return case.deny("goods/needs_new_item_ids", needs="new_item_ids")
    if len(wanted) != len(case.texts("item_ids")):
        return case.deny("goods/unequal_count", count=str(len(case.texts("item_ids"))))
    for line, new in zip(case.lines(), wanted, strict=True):
        product = case.world.products.get(line.product_id)
        if product is None or new not in product.variants:
            return case.deny("goods/other_product", item=line.item_id, new_item=new)
    for new, times in Counter(wanted).items():
        if not _to_be_had(case, new, times):
            return case.deny("goods/unavailable", item=new)
    return None


def really_new(case: Case) -> Ruling | None:
    """Deny a change of something into the very same, which would use up the one change for nothing."""
    for line, new in zip(case.lines(), case.texts("new_item_ids"), strict=True):
        if line.item_id == new:
            return case.deny("goods/same_item", item=new)
    return None


def _to_be_had(case: Case, item_id: str, times: int) -> bool:
    holder = next(product for product in case.world.products.values() if item_id in product.variants)
    variant = holder.variants[item_id]
    return variant.available and (variant.stock is None or variant.stock >= times)
