"""A finder learns from strangers what is not sold."""

from __future__ import annotations

import hashlib
from pathlib import Path

from perception.seeing.catalogue import CataloguePicture, catalogued
from perception.seeing.fake import FakeImageEncoder
from perception.seeing.look_book import LookBook
from perception.seeing.strangers import FOLDER, strangers


def test_strangers_are_different_things_and_the_same_ones_every_time() -> None:
    found = strangers(())
    assert len(found) == 24
    assert found == strangers(())
    assert all(hashlib.sha256(file.read_bytes()).hexdigest() == key for key, file in found.items())
    assert len({file.name.split("-")[0] for file in found.values()}) > 15


def test_a_shop_that_sells_them_has_no_strangers() -> None:
    sold = [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(FOLDER.glob("*-main.jpg"))]
    assert strangers(sold) == {}


async def test_each_is_looked_at_as_it_is_and_as_a_photo_and_is_no_lesson_in_something_sold(tmp_path: Path) -> None:
    file = next(FOLDER.glob("*-side.jpg"))
    done = await catalogued(FakeImageEncoder(), [CataloguePicture(product_id="kettle", sku="K-1", path=file)], tmp_path)
    assert done.pictures == 1
    rows = (await LookBook.open(tmp_path, FakeImageEncoder())).store.rows_of(
        [name for key in strangers(()) for name in (key, f"{key}~0")]
    )
    assert len(rows) == 48
    assert set(done.finder.shown_by) == {"kettle"}
