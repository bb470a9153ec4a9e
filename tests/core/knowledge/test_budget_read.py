from __future__ import annotations

import math

import pytest

from core.knowledge.budget import Budget, read_budget


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("100块以内的杯子", Budget(0, 100)),
        ("headphones under 300", Budget(0, 300)),
        ("预算两百", Budget(0, 200)),
        ("不超过1500元", Budget(0, 1500)),
        ("50到100元的玩具", Budget(50, 100)),
        ("between $20 and $40", Budget(20, 40)),
        ("200块左右", Budget(150, 250)),
        ("订单3912701到哪了", None),
        ("1.7升的水壶", None),
        ("size 40 to 42", None),
        ("age 3 to 5, budget 100", Budget(0, 100)),
        ("3到5岁孩子的玩具，预算100", Budget(0, 100)),
        ("预算 3000 到 5000", Budget(3000, 5000)),
        ("over 300, too expensive or not", Budget(300, math.inf)),
    ],
)
def test_a_budget_is_read_and_other_numbers_are_not(text: str, budget: Budget | None) -> None:
    assert read_budget(text)[0] == budget


@pytest.mark.parametrize(
    ("said", "most"),
    [
        ("not over 300", 300),
        ("not more than $300", 300),
        ("a jacket, not above 300", 300),
        ("nothing over $300", 300),
        ("I can't spend more than $50", 50),
        ("I don't want to pay more than 300 for it", 300),
        ("不高于300", 300),
        ("别超过300", 300),
        ("最好不要超过300块", 300),
        ("不想超过三百", 300),
        ("不要300以上的", 300),
        ("over 300 is too expensive for me", 300),
        ("anything above $300 would be out of my budget", 300),
        ("超过三百就太贵了", 300),
        ("300以上的我买不起", 300),
    ],
)
def test_a_lower_limit_that_is_refused_is_an_upper_one(said: str, most: float) -> None:
    assert read_budget(said)[0] == Budget(0, most)


@pytest.mark.parametrize(
    "said",
    [
        "no less than 50",
        "not under $50",
        "不低于50",
        "不少于 50 元",
        "50 以上",
        "over $50",
        "under 50 is too cheap, trust me",
    ],
)
def test_an_upper_limit_that_is_refused_is_a_lower_one(said: str) -> None:
    assert read_budget(said)[0] == Budget(50, math.inf)


@pytest.mark.parametrize(
    "said",
    [
        "at least 2 bedrooms",
        "at least 5 stars",
        "over 100 reviews",
        "over 2 kilos",
        "超过5000毫安",
        "no more than 2 people",
        "under 2kg",
        "within 3 days",
    ],
)
def test_what_is_counted_or_weighed_is_no_price(said: str) -> None:
    assert read_budget(said)[0] is None


def test_what_is_counted_beside_a_price_is_left_in_the_words() -> None:
    budget, rest = read_budget("at least 2 people, nothing over $300")
    assert budget == Budget(0, 300) and "2 people" in rest


@pytest.mark.parametrize("said", ["under HK$300", "低于 NT$300", "under 300 CHF", "under ₹300", "under KRW 300"])
def test_every_currency_is_money(said: str) -> None:
    assert read_budget(said)[0] == Budget(0, 300)
