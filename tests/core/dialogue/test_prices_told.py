"""Prices and other amounts in a customer's words, with and without a currency."""

from __future__ import annotations

from datetime import date

import pytest

from core.dialogue.tickets.facts import bare_amount, read_facts, said

_TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("words", "price"),
    [
        ("I bought the jacket for 459 and now it's 399", "399"),
        ("上周买199现在只要159", "159"),
        ("it costs only 1299.50 today", "1299.50"),
    ],
)
def test_the_lower_of_the_prices_said_is_the_one_that_was_seen(words: str, price: str) -> None:
    assert read_facts("price_protection", said(words, _TODAY))["seen_price"] == price


@pytest.mark.parametrize(
    "words", ["bought it for 20 people", "it dropped to 12% off", "现在3天了", "the second one", "2"]
)
def test_numbers_that_are_no_prices_are_left_alone(words: str) -> None:
    assert "seen_price" not in read_facts("price_protection", said(words, _TODAY))


def test_a_bare_number_answers_how_much_and_nothing_else_does() -> None:
    assert bare_amount(" 459. ") == "459"
    assert bare_amount("the 2nd") == ""
