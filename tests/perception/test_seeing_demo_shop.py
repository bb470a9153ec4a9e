"""The default encoder on customers' photos of the demo shop, which the catalogue does not hold."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from assets.demo_shop.catalogue import products
from assets.demo_shop.photos import Photo, planned, take
from assets.demo_shop.pictures import shots
from core import registry
from core.types import MatchDecision, ProductMatch
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.finder import Finder

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]  # the first one waits for the looks

SHOP = Path(__file__).parents[2] / "assets" / "demo_shop"
SOLD = {product_id for number, product_id in enumerate(products()) if number % 3 == 0}


@pytest.fixture(scope="module")
def finder(models: Path, demo_looks: Path) -> Finder:
    pictures = [
        CataloguePicture(product_id=shot.product.product_id, sku=shot.sku, path=SHOP / shot.file)
        for shot in shots(products())
        if shot.view == "main" and shot.product.product_id in SOLD
    ]
    encoder = registry.build("photos", "efficientnet", models)
    return asyncio.run(build_finder(encoder, pictures, demo_looks))


async def _asked(finder: Finder, photo: Photo) -> tuple[ProductMatch, ...]:
    picture, _ = take(photo, seed=23, size=320)
    return await finder.find(np.asarray(picture.convert("RGB")), attachment_id=photo.name)


async def test_customers_photos_find_their_product_and_mostly_their_colour(finder: Finder) -> None:
    photos = [p for p in planned(2) if p.shot and p.shot.product.product_id in SOLD and p.name.endswith("-1")]
    assert len(photos) >= 15
    products_right = colours_right = 0
    for photo in photos:
        assert photo.shot
        best = (await _asked(finder, photo))[0]
        products_right += best.product_id == photo.shot.product.product_id
        colours_right += best.sku == photo.shot.sku
        wrong_match = best.decision is MatchDecision.MATCH and best.product_id != photo.shot.product.product_id
        assert not wrong_match, photo.name
    assert products_right / len(photos) >= 0.85
    assert colours_right / len(photos) >= 0.6


async def test_things_not_sold_are_never_called_a_match(finder: Finder) -> None:
    strangers = [photo for photo in planned(1) if photo.shot is None]
    said = [(await _asked(finder, photo))[0].decision for photo in strangers]
    assert MatchDecision.MATCH not in said
    assert said.count(MatchDecision.UNKNOWN) >= len(said) / 2
