from __future__ import annotations

import pytest

from core.wording.formats import day, listing, moment, money, price_range


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (129.0, "CNY", "zh", "¥129"),
        (129.5, "CNY", "zh", "¥129.50"),
        (1234.5, "USD", "en", "$1,234.50"),
        (10.0, "SEK", "en", "10.00 SEK"),
    ],
)
def test_money_is_written_as_people_do(amount: float, currency: str, language: str, written: str) -> None:
    assert money(amount, currency, language) == written


def test_a_range_of_one_price_is_one_price() -> None:
    assert price_range([5.0, 5.0], "USD", "en") == "$5.00"
    assert price_range([5.0, 7.0], "USD", "en") == "$5.00 - $7.00"
    assert price_range([], "USD", "en") == ""


def test_days_are_said_with_their_weekday() -> None:
    assert day("2026-11-25", "zh") == "11月25日（周三）"
    assert day("2026-11-25", "en") == "Wednesday, 25 November"
    assert moment("2026-11-25T08:05:00+08:00", "zh") == "11月25日（周三） 08:05"
    assert moment("2026-11-25", "en") == "Wednesday, 25 November"


def test_what_is_no_date_is_left_as_it_is() -> None:
    assert day("soon", "en") == "soon"


def test_lists_are_joined_as_people_do() -> None:
    assert listing(["a", "b", "c"], "en") == "a, b and c"
    assert listing(["a"], "en") == "a"
    assert listing([], "en") == ""
    assert listing(["甲", "乙"], "zh") == "甲、乙"
