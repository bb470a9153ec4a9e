"""A catalogue that changes while the clerk serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.ports import Picture, Vectors
from core.types import MatchDecision
from perception.seeing.catalogue import CataloguePicture
from perception.seeing.fake import FakeImageEncoder
from ui.opening import Opening


class Shop:
    """A catalogue of drawn pictures, with a mark that changes with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sold: list[str] = []
        self.fails = False

    def sell(self, name: str, left: int) -> np.ndarray:
        image = Image.new("RGB", (80, 80), "white")
        ImageDraw.Draw(image).rectangle((left, 10, left + 25, 70), fill=(200 - 2 * left, 90, 3 * left))
        image.save(self.folder / f"{name}.png")
        self.sold = [*self.sold, name]
        return np.asarray(image)

    async def pictures(self) -> Sequence[CataloguePicture]:
        if self.fails:
            raise OSError("the disk is gone")
        return [CataloguePicture(product_id=name, sku=name, path=self.folder / f"{name}.png") for name in self.sold]

    async def mark(self) -> object:
        return self.sold


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("ui.opening._WATCHED_S", 0.05)
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 6)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 2)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 2)
    made = Shop(tmp_path)
    made.sell("cup", 5)
    return made


@pytest.fixture
async def opening(shop: Shop, tmp_path: Path) -> AsyncIterator[Opening]:
    opening = Opening(shop.pictures, shop.mark, FakeImageEncoder(), tmp_path / "looks", None)
    yield opening
    await opening.close()


async def _found(opening: Opening, photo: np.ndarray) -> str:
    return (await opening.find(photo, attachment_id="a"))[0].product_id


async def _until_found(opening: Opening, photo: np.ndarray, product: str) -> None:
    async with asyncio.timeout(20):
        while await _found(opening, photo) != product:  # noqa: ASYNC110  (nothing tells when it is taken up)
            await asyncio.sleep(0.05)


class Slow:
    """The fake encoder, which waits before it looks at many pictures at once: two are sold, imitations are eight."""

    def __init__(self) -> None:
        self._fake = FakeImageEncoder()
        self.capabilities = self._fake.capabilities
        self.may = asyncio.Event()

    async def encode(self, pictures: Sequence[Picture]) -> Vectors:
        if len(pictures) > 2 * 4:
            await self.may.wait()
        return await self._fake.encode(pictures)


async def test_photos_are_asked_about_before_imitations_have_taught_how_sure_one_may_be(
    shop: Shop, tmp_path: Path
) -> None:
    encoder = Slow()
    kettle = shop.sell("kettle", 50)
    opening = Opening(shop.pictures, shop.mark, encoder, tmp_path / "looks", None)
    found = await opening.find(kettle, attachment_id="a")
    assert {one.decision for one in found} == {MatchDecision.ASK}
    assert "kettle" in {one.product_id for one in found}
    encoder.may.set()
    final = await opening.ready()
    assert final.calibration.known
    assert await _found(opening, kettle) == "kettle"
    await opening.close()


async def test_a_product_that_comes_while_the_clerk_serves_is_found_without_a_restart(
    opening: Opening, shop: Shop
) -> None:
    await opening.ready()
    photo = shop.sell("kettle", 50)
    await _until_found(opening, photo, "kettle")


async def test_an_unchanged_catalogue_is_not_looked_at_again(opening: Opening) -> None:
    first = await opening.ready()
    await asyncio.sleep(0.3)
    assert await opening.ready() is first


async def test_while_a_changed_catalogue_cannot_be_read_the_old_one_answers(opening: Opening, shop: Shop) -> None:
    await opening.ready()
    shop.fails = True
    photo = shop.sell("kettle", 50)
    await asyncio.sleep(0.3)
    assert await _found(opening, photo) == "cup"
    shop.fails = False
    shop.sell("lamp", 25)
    await _until_found(opening, photo, "kettle")
