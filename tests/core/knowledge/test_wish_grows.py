from __future__ import annotations

from math import inf

import pytest

from core.knowledge.budget import Budget, read_budget
from core.knowledge.lexicon import load_lexicon
from core.knowledge.recommend import candidates
from core.knowledge.wish import Wish, read_wish
from core.shop.records import Product, Variant


def wish(*lines: str) -> Wish:
    return read_wish(lines, load_lexicon())


def names(of: Wish) -> set[str]:
    return {need.name for need in of.needs if need.name}


def test_what_was_said_before_is_kept() -> None:
    grown = wish("I need a jacket", "for hiking, waterproof", "under 100")
    assert {"hiking", "waterproof"} <= names(grown)
    assert grown.budget == Budget(0, 100) and grown.question.things == ("thing:jacket",)


def test_a_later_colour_takes_the_place_of_an_earlier_one() -> None:
    assert names(wish("推荐个背包，黑色", "还是蓝色吧")) & {"black", "blue"} == {"blue"}


def test_what_is_not_wanted_after_all_is_no_need_any_more() -> None:
    assert "waterproof" not in names(wish("推荐双防水的鞋", "不用防水"))


def test_two_open_ends_make_a_range() -> None:
    assert wish("over 100", "under 300").budget == Budget(100, 300)
    assert not wish("over 100", "under 300").contradicts


@pytest.mark.parametrize("said", ["headphones over 300 and under 200", "耳机，300以上，200以内"])
def test_a_price_that_cannot_be_is_seen(said: str) -> None:
    assert wish(said).contradicts


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [("200 元以上", 200, inf), ("over $50", 50, inf), ("under ¥1,000.00", 0, 1000), ("no more than 30", 0, 30)],
)
def test_open_ends_and_thousands_are_read(said: str, low: float, high: float) -> None:
    assert read_budget(said)[0] == Budget(low, high)


@pytest.mark.parametrize("said", ["3 岁以上", "over 20 litres", "more than 2 people", "at least 10 hours"])
def test_other_quantities_are_no_price(said: str) -> None:
    assert read_budget(said)[0] is None


def test_a_later_audience_takes_the_place_of_an_earlier_one() -> None:
    assert wish("a jacket for men", "for women rather").question.audience == ("women",)
    assert wish("a jacket for men or women").question.audience == ("men", "women")


def test_what_was_refused_and_is_fine_after_all_is_found() -> None:
    variants = {own: Variant(item_id=own, options={"colour": own}, price=50.0) for own in ("black", "blue")}
    backpack = Product(product_id="backpack", names={"en": "Backpack"}, variants=variants)
    for lines, colours in (
        (("a backpack, not black",), ["blue"]),
        (("a backpack, not black", "black is fine after all"), ["black"]),
        (("a black backpack", "not black please"), ["blue"]),
    ):
        said = wish(*lines)
        found = candidates([backpack], said.needs, said.question, load_lexicon(), language="en", budget=said.budget)
        assert [one.options["colour"] for one in found[0].variants] == colours
