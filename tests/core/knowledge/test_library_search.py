from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.knowledge.lexicon import load_lexicon, stem
from core.knowledge.library import build_library
from core.knowledge.passages import of_page, of_product, tokens
from core.knowledge.question import read_question
from core.knowledge.variants import fitting
from core.shop.records import Page, Product, Variant

PACK = Product(
    product_id="p1",
    names={"en": "Hiking Backpack"},
    descriptions={"en": "Waterproof, with a rain cover."},
    variants={
        "a": Variant(item_id="a", options={"color": "blue", "size": "large"}, price=50.0),
        "b": Variant(item_id="b", options={"color": "red", "size": "small"}, price=40.0),
    },
)
BOTTLE = Product(
    product_id="p2",
    names={"zh": "运动水壶"},
    attributes={"material": {"zh": "不锈钢"}},
    variants={"c": Variant(item_id="c", options={"capacity": "1L"}, price=20.0)},
)
RETURNS = Page(id="returns", titles={"zh": "怎么退货"}, bodies={"zh": "签收后七天内可以退货。"})


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ("那个蓝色大号防水的登山包", "product:p1"),
        ("the 1-litre steel bottle", "product:p2"),
        ("how do I return something", "page:returns"),
    ],
)
async def test_what_is_recorded_in_one_language_is_found_in_the_other(asked: str, best: str) -> None:
    library = await build_library([of_product(PACK), of_product(BOTTLE), of_page(RETURNS)], load_lexicon(), None)
    hits = await library.search(asked)
    assert hits[0].passage.id == best and hits[0].score > 0.5


async def test_nothing_is_sure_about_what_nobody_wrote() -> None:
    library = await build_library([of_product(PACK), of_page(RETURNS)], load_lexicon(), None)
    hits = await library.search("explain quantum mechanics")
    assert hits[0].score < 0.3


async def test_an_empty_library_finds_nothing() -> None:
    library = await build_library([], load_lexicon(), None)
    assert await library.search("anything") == []


@pytest.mark.parametrize(
    ("asked", "items"),
    [("蓝色大号的", ["a"]), ("in red", ["b"]), ("有绿色吗", []), ("多少钱", ["a", "b"]), ("large", ["a"])],
)
def test_options_named_in_either_language_choose_the_variant(asked: str, items: list[str]) -> None:
    lexicon = load_lexicon()
    assert [variant.item_id for variant in fitting(PACK, read_question(asked, lexicon), lexicon)] == items


def test_noise_and_aspects_are_no_subject() -> None:
    assert tokens("请问那个多少钱呢", load_lexicon(), query=True) == []
    assert tokens("how much is it please", load_lexicon(), query=True) == []


@pytest.mark.parametrize(("word", "stemmed"), [("backpacks", "backpack"), ("dress", "dress"), ("batteries", "battery")])
def test_plurals_and_singulars_are_one(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_a_name_of_two_concepts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.yaml"
    file.write_text("thing:\n  a: [cup]\n  b: [cups]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'cups' names both thing:a and thing:b"):
        load_lexicon(file)
