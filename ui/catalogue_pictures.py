"""The pictures of a shop's records, as the catalogue takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from core.shop.records import Picture, Product
from perception.seeing.catalogue import CataloguePicture

INDEXED = "indexed"
"""A file beside the looks whose time tells a serving clerk that `zhanggui photos index` has ended."""


def memory_of(data: Path) -> Path:
    """Return where the contents of the catalogue's files are remembered; the looks may lie elsewhere, and be shared."""
    return data / "looks" / "files.db"


def catalogue_pictures(products: Iterable[Product], path_of: Callable[[Picture], Path]) -> list[CataloguePicture]:
    """Return every picture of every variant; `path_of` says where one lies on disk."""
    return [
        CataloguePicture(product_id=product.product_id, sku=variant.item_id, path=path_of(picture))
        for product in products
        for variant in product.variants.values()
        for picture in variant.pictures
    ]
