"""Products by how somebody describes them, without a text tower and with one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.demo_shop.catalogue import products
from core import registry
from core.ports import TextEncoder
from core.shop.records import Picture, Product, Variant
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.described import Descriptions, learn_descriptions
from perception.seeing.fake import FakeImageEncoder
from perception.seeing.finder import Finder
from perception.seeing.wordings import Wording, wordings
from tests.contracts.tiny_clip import tiny_open_clip

SHOP = Path(__file__).parents[2] / "assets" / "demo_shop"


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    pictures = [
        CataloguePicture(product_id=product.product_id, sku=variant.item_id, path=SHOP / picture.file)
        for product in products().values()
        for variant in product.variants.values()
        for picture in variant.pictures
        if picture.view == "main"
    ]
    return asyncio.run(build_finder(FakeImageEncoder(), pictures, tmp_path_factory.mktemp("looks")))


@pytest.fixture(scope="module")
def sentences() -> TextEncoder:
    built: TextEncoder = registry.build("sentences", "use", Path())
    return built


@pytest.fixture(scope="module")
def said(finder: Finder) -> list[Wording]:
    return wordings(products(), finder.owners)


@pytest.fixture(scope="module")
def learned(finder: Finder, said: list[Wording], sentences: TextEncoder) -> Descriptions:
    return asyncio.run(learn_descriptions(finder, said, finder.encoder, sentences))


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("有没有红色的雨伞", "RED"),
        ("a red umbrella", "RED"),
        ("white kettle to boil water", "WHITE"),
        ("绿色的电水壶", "GREEN"),
    ],
)
async def test_words_that_no_record_uses_find_the_colour_that_they_name(
    learned: Descriptions, text: str, colour: str
) -> None:
    found = await learned.find(text)  # of shapes the fake encoder sees next to nothing
    assert all(f"-{colour}" in sku for sku, _ in found[:2])
    assert 0 < found[0][1] <= 1
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_both_languages_are_judged_on_texts_that_were_not_learned_from(learned: Descriptions) -> None:
    assert set(learned.ways) == {"zh", "en"}
    for way in learned.ways.values():
        assert way.is_usable
        assert way.chance < 0.3 < way.recall <= 1


async def test_texts_that_have_nothing_to_do_with_the_pictures_are_not_used(
    finder: Finder, said: list[Wording], sentences: TextEncoder
) -> None:
    mixed = np.random.default_rng(5).permutation(len(said))
    wrong = [replace(one, pictures=said[int(at)].pictures[:1]) for one, at in zip(said, mixed, strict=True)]
    learned = await learn_descriptions(finder, wrong, finder.encoder, sentences)
    assert not any(way.is_usable for way in learned.ways.values())
    assert await learned.find("a red umbrella") == ()


@pytest.mark.timeout(300)
async def test_a_text_tower_is_asked_and_judged_too(
    finder: Finder, said: list[Wording], tmp_path: Path, sentences: TextEncoder
) -> None:
    tiny_open_clip(tmp_path / "tiny")
    clip = registry.build("photos", "open-clip:tiny", tmp_path)
    shots = [CataloguePicture(product_id=p, sku=s, path=f) for p, s, f in _first_pictures(12)]
    small = await build_finder(clip, shots, tmp_path)
    some = wordings(products(), small.owners)
    alone = await learn_descriptions(small, some, clip, None)
    assert {way.name for way in alone.ways.values()} == {"clip"}
    assert not any(way.is_usable for way in alone.ways.values())  # its weights are random
    assert await alone.find("a red umbrella") == ()


async def test_without_texts_or_pictures_nothing_is_found(
    finder: Finder, said: list[Wording], sentences: TextEncoder, tmp_path: Path
) -> None:
    empty = await build_finder(FakeImageEncoder(), [], tmp_path)
    assert await (await learn_descriptions(empty, [], FakeImageEncoder(), sentences)).find("umbrella") == ()
    assert await (await learn_descriptions(finder, [], finder.encoder, sentences)).find("umbrella") == ()
    assert await (await learn_descriptions(finder, said, finder.encoder, None)).find("umbrella") == ()


@pytest.mark.parametrize("text", ["", "   ", "\ud83d", "😀" * 300, "x" * 100_000, "\x00"])
async def test_odd_texts_do_no_harm(learned: Descriptions, text: str) -> None:
    found = await learned.find(text)
    assert all(np.isfinite(score) for _, score in found)
    assert bool(text.strip()) or found == ()


async def test_no_more_is_told_than_was_asked_for(learned: Descriptions) -> None:
    assert len(await learned.find("a red umbrella", most=1)) == 1
    assert await learned.find("a red umbrella", most=0) == ()


def test_a_picture_that_sizes_share_is_said_to_be_of_its_colour_and_of_no_size() -> None:
    options = [{"color": "red", "size": "M"}, {"color": "red", "size": "L"}]
    variants = {
        f"v{at}": Variant(item_id=f"v{at}", options=one, price=1, pictures=(Picture(file="a"),))
        for at, one in enumerate(options)
    }
    texts = {"red": {"zh": "红色", "en": "Red"}, "M": {"zh": "M", "en": "M"}}
    shirt = Product(
        product_id="p",
        names={"zh": "衬衫", "en": "Shirt"},
        category="Men/Shirts",
        variants=variants,
        option_texts=texts,
    )
    said = {one.text: one.base for one in wordings({"p": shirt}, {"a": [("p", "v0"), ("p", "v1"), ("gone", "x")]})}
    assert said["红色衬衫"] == said["衬衫"] == "衬衫"
    assert said["Red Shirts"] == "Shirts"
    assert not any("M" in text.split() for text in said)


def _first_pictures(count: int) -> list[tuple[str, str, Path]]:
    return [
        (product.product_id, variant.item_id, SHOP / variant.pictures[0].file)
        for product in list(products().values())[:count]
        for variant in list(product.variants.values())[:1]
    ]
